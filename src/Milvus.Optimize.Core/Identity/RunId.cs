using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Identity;

/// <summary>One run: <c>{cluster}.{collectionId}.{ULID}</c>, so that any node knows whose it is without a look-up.</summary>
public sealed partial record RunId(CollectionKey Collection, string Ulid)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Collection}.{Ulid}";

    /// <summary>Whether the text has the form of a run id.</summary>
    public static bool LooksLike(string text) => Form().IsMatch(text);

    /// <exception cref="ParamException">Not a run id.</exception>
    public static RunId Parse(string text)
    {
        if (!LooksLike(text)) throw new ParamException($"Invalid run id: '{text}'. Expected cluster.collectionId.ULID, as optimize and status print it");
        var dot = text.LastIndexOf('.');
        return new(CollectionKey.Parse(text[..dot]), text[(dot + 1)..]);
    }

    [GeneratedRegex("^[a-z0-9-]{1,40}\\.[1-9][0-9]{0,18}\\.[0-7][0-9A-HJKMNP-TV-Z]{25}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
