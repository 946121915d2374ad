using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Management.Security;

/// <summary>The text of a key, as a caller sends it: <c>mok_{id}_{secret}</c>. Printing it shows the id alone.</summary>
public sealed partial class ApiKeyText
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdLength = 10;
    private readonly string _secret;

    private ApiKeyText(string id, string secret) => (Id, _secret) = (id, secret);

    public string Id { get; }

    /// <summary>What is kept of the secret.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(_secret)));

    public static ApiKeyText New() => new(
        RandomNumberGenerator.GetString(Alphabet, IdLength),
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_'));

    /// <summary>Null where the text has not the form of a key.</summary>
    public static ApiKeyText? TryParse(string text) => Form().Match(text) is { Success: true } m ? new(m.Groups[1].Value, m.Groups[2].Value) : null;

    /// <summary>Whether the text has the form of a key's id.</summary>
    internal static bool IsId(string text) => text.Length == IdLength && text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));

    /// <summary>Whether this is the key whose hash was kept; takes the same time whichever character differs.</summary>
    public bool Is(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));

    /// <summary>The whole text, to be shown once.</summary>
    public string Reveal() => $"mok_{Id}_{_secret}";

    /// <inheritdoc/>
    public override string ToString() => $"mok_{Id}_***";

    [GeneratedRegex("^mok_([a-z2-7]{10})_([A-Za-z0-9_-]{43})\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
