using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Body of <c>POST /api/v1/runs</c> and of <c>:optimize</c>. The key travels in the header <c>Idempotency-Key</c>.</summary>
public sealed record StartBody
{
    /// <summary>Name of a configured cluster; left out where <see cref="Target"/> says which.</summary>
    public string? Cluster { get; init; }

    /// <summary>Default <c>default</c>.</summary>
    public string? Database { get; init; }

    /// <summary>A name or an alias.</summary>
    public string? Collection { get; init; }

    /// <summary><c>auto</c> or a size such as <c>1GB</c>. Default <c>auto</c>.</summary>
    public string? TargetSize { get; init; }

    public bool Flush { get; init; }

    public bool Force { get; init; }

    /// <summary>ISO 8601 duration from acceptance, such as <c>PT24H</c>. Default 24 hours.</summary>
    public string? Deadline { get; init; }

    /// <summary><c>join</c> a live run with the same parameters (default), or <c>fail</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OnConflict { get; init; }

    /// <summary>Start nothing and say what a run would find.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ValidateOnly { get; init; }

    /// <summary>Accepted over the local Unix socket alone.</summary>
    public RunTarget? Target { get; init; }

    /// <summary>Members that nobody knows: a misspelt <c>force</c> must be an error, not a default.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }
}
