using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// Which collections are meant: a pattern each for cluster, database and collection, written <c>cluster/database/collection</c>, in which <c>*</c> is any
/// text and <c>?</c> any one character.
/// </summary>
public sealed partial record CollectionScope
{
    /// <exception cref="ParamException">A pattern has other characters than names have.</exception>
    public CollectionScope(string cluster, string database, string collection) =>
        (Cluster, Database, Collection) = (Checked(cluster), Checked(database), Checked(collection));

    public static CollectionScope All { get; } = new("*", "*", "*");

    public string Cluster { get; }

    public string Database { get; }

    public string Collection { get; }

    /// <summary>Missing parts at the end are <c>*</c>.</summary>
    /// <exception cref="ParamException">Not of the form <c>cluster/database/collection</c>.</exception>
    public static CollectionScope Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 3) throw new ParamException($"Invalid scope: '{text}'. Expected cluster/database/collection, such as prod-*/default/*");
        return new(parts[0], parts.Length > 1 ? parts[1] : "*", parts.Length > 2 ? parts[2] : "*");
    }

    public bool Covers(string cluster, string database, string collection) =>
        Matches(Cluster, cluster) && Matches(Database, database) && Matches(Collection, collection);

    /// <summary>Whether anything of the cluster may be meant.</summary>
    public bool Touches(string cluster) => Matches(Cluster, cluster);

    /// <summary>
    /// Whether nothing that the other one means is outside this one. Where that cannot be seen from the patterns part by part, the answer is no.
    /// </summary>
    public bool Contains(CollectionScope other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Contains(Cluster, other.Cluster) && Contains(Database, other.Database) && Contains(Collection, other.Collection);
    }

    /// <summary>Whether the text is a pattern, or a name, which is the pattern of itself.</summary>
    public static bool IsPattern(string text) => Form().IsMatch(text);

    public static bool Matches(string pattern, string name) => Regex.IsMatch(
        name, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}\\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);

    /// <inheritdoc/>
    public override string ToString() => $"{Cluster}/{Database}/{Collection}";

    // The narrower pattern is read as a text in which * is a character that only * stands for.
    private static bool Contains(string wide, string narrow) => Regex.IsMatch(
        narrow, $"^{Regex.Escape(wide).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", "[^*]", StringComparison.Ordinal)}\\z",
        RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking);

    private static string Checked(string pattern) => IsPattern(pattern)
        ? pattern
        : throw new ParamException($"Invalid scope: '{pattern}' is no pattern of 1 to 255 letters, digits, underscores, hyphens, * and ?");

    [GeneratedRegex("^[A-Za-z0-9_*?-]{1,255}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
