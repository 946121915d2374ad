using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Answer of <c>GET /api/v1/keys</c>: all that were ever made, oldest first.</summary>
/// <param name="NextPageToken">For the next page; missing on the last.</param>
public sealed record KeyPage(
    ImmutableArray<KeyDocument> Keys, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken = null);

/// <summary>An API key without its secret.</summary>
/// <param name="Role"><c>viewer</c>, <c>operator</c> or <c>admin</c>.</param>
/// <param name="Scope">Three patterns, <c>cluster/database/collection</c>.</param>
/// <param name="Valid">It has neither expired nor been revoked.</param>
/// <param name="ExpiresAt">Null: it never does.</param>
/// <param name="RevokedAt">Null: it was not.</param>
public sealed record KeyDocument(
    string Id, string Name, string Role, string Scope, bool Valid, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>Answer of <c>POST /api/v1/keys</c>: the one time that the key itself is shown.</summary>
/// <param name="Key">What a caller sends as <c>Authorization: Bearer</c>.</param>
public sealed record CreatedKeyDocument(
    string Id, string Name, string Role, string Scope, bool Valid, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string Key)
{
    // A record prints every property; this one holds a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Id = ").Append(Id).Append(", Name = ").Append(Name);
        return true;
    }
}

/// <summary>Body of <c>POST /api/v1/keys</c>.</summary>
public sealed record NewKeyBody
{
    /// <summary>Whose it is: 1 to 100 characters. Two valid keys may have one name, so that one can replace the other.</summary>
    public string? Name { get; init; }

    /// <summary><c>viewer</c> (default), <c>operator</c> or <c>admin</c>.</summary>
    public string? Role { get; init; }

    /// <summary>Three patterns, <c>cluster/database/collection</c>; missing parts at the end are <c>*</c>. Default: what the caller's own key is for.</summary>
    public string? Scope { get; init; }

    /// <summary>ISO 8601 duration from now, such as <c>P90D</c>. Default: until it is revoked.</summary>
    public string? Expires { get; init; }

    /// <summary>Members that nobody knows.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }
}
