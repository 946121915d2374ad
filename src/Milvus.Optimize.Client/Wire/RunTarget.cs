using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Where a request's Milvus is and how to get in, brought by the request itself.</summary>
public sealed record RunTarget
{
    /// <summary>True for the node's built-in simulator; everything else is null then.</summary>
    public bool Simulator { get; init; }

    /// <summary>Such as <c>https://milvus.example:19530</c>.</summary>
    public string? Address { get; init; }

    /// <summary>An API key or <c>user:password</c>. Excludes <see cref="User"/>.</summary>
    public string? Token { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Paths of PEM files as the node sees them: absolute ones.</summary>
    public string? CaFile { get; init; }

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    // A record prints every property; this one holds secrets.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Address = ").Append(Simulator ? "simulator" : Address).Append(", Credentials = ").Append((Token ?? User) is null ? "none" : "set");
        return true;
    }
}
