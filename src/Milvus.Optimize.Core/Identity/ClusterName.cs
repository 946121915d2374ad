using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Identity;

/// <summary>The name of a configured Milvus cluster: lower-case letters, digits and hyphens, at most 40.</summary>
public sealed partial record ClusterName
{
    /// <summary>The built-in simulator's.</summary>
    public static ClusterName Simulator { get; } = new("simulator");

    /// <exception cref="ParamException">Not a cluster name.</exception>
    public ClusterName(string value)
    {
        if (!IsName(value)) throw new ParamException($"Invalid cluster name: '{value}'. A cluster name has 1 to 40 lower-case letters, digits and hyphens");
        Value = value;
    }

    public string Value { get; }

    /// <summary>Whether the text has the form of a cluster name.</summary>
    public static bool IsName(string text) => Form().IsMatch(text);

    /// <summary>
    /// The name of a server that is known by its address alone. Two spellings of one address must give one name, or two runs could hold one collection:
    /// case, Milvus's default port and the loopback's names do not count.
    /// </summary>
    public static ClusterName FromAddress(Uri address)
    {
        var host = address.Host.Trim('[', ']').ToLowerInvariant();
        if (host is "localhost" or "127.0.0.1" or "::1") host = "127.0.0.1";
        var normalised = string.Create(CultureInfo.InvariantCulture, $"{host}:{(PortIsWritten(address) ? address.Port : 19530)}");
        var slug = NotInSlug().Replace(normalised, "-").Trim('-');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)))[..8];
        return new($"{(slug.Length > 31 ? slug[..31] : slug)}-{hash}");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    // A Uri fills in 80 and 443 by itself: only its text tells whether somebody meant them.
    private static bool PortIsWritten(Uri address) => !address.IsDefaultPort || (address.Port >= 0 && WrittenPort().IsMatch(address.OriginalString));

    [GeneratedRegex("^[a-z0-9-]{1,40}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex("^[^/]+://[^/?#]*:[0-9]+([/?#]|\\z)", RegexOptions.CultureInvariant)]
    private static partial Regex WrittenPort();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInSlug();
}
