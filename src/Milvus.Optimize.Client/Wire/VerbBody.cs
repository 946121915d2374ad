using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Body of <c>:cancel</c>, <c>:abandon</c> and <c>:retry</c>.</summary>
public sealed record VerbBody
{
    /// <summary>For the record; 1 to 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>With <c>:abandon</c> alone: a person vouches that the run's compaction does nothing any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? FreeLane { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }
}
