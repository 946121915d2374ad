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
        if (!Form().IsMatch(value)) throw new ParamException($"Invalid cluster name: '{value}'. A cluster name has 1 to 40 lower-case letters, digits and hyphens");
        Value = value;
    }

    public string Value { get; }

    /// <summary>
    /// The name of a server that is known by its address alone. Two spellings of one address must give one name, or two runs could hold one collection:
    /// case, the default port and the loopback's names do not count.
    /// </summary>
    public static ClusterName FromAddress(Uri address)
    {
        var host = address.Host.Trim('[', ']').ToLowerInvariant();
        if (host is "localhost" or "127.0.0.1" or "::1") host = "127.0.0.1";
        var normalised = string.Create(CultureInfo.InvariantCulture, $"{host}:{(address.IsDefaultPort ? 19530 : address.Port)}");
        var slug = NotInSlug().Replace(normalised, "-").Trim('-');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalised)))[..8];
        return new($"{(slug.Length > 31 ? slug[..31] : slug)}-{hash}");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInSlug();
}
