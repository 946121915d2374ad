using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway;

/// <summary>What GetMetrics tells of a server's nodes, as JSON. Fields that a server leaves out are not known; nothing here is an error.</summary>
internal static class SystemInformation
{
    public const string Request = """{"metric_type":"system_info"}""";

    private const long Megabyte = 1 << 20;

    /// <returns>Null where the ordinary size of a segment is not told: without it nothing follows.</returns>
    public static ServerLimits? Limits(string json, long collectionId, int replicas)
    {
        try
        {
            var nodes = JsonNode.Parse(json)?["nodes_info"]?.AsArray().Select(n => n?["infos"]).OfType<JsonObject>().ToList() ?? [];
            var coordinator = Of(nodes, "datacoord").Concat(Of(nodes, "mixcoord")).FirstOrDefault(n => Number(n["system_configurations"]?["segment_max_size"]) > 0);
            if (coordinator is null) return null;
            var sizes = coordinator["quota_metrics"]?["CollectionBinlogSize"];
            return new(
                Number(coordinator["system_configurations"]?["segment_max_size"]) * Megabyte, Memory(nodes, "querynode"), Memory(nodes, "datanode"),
                nodes.Any(n => n["system_info"]?["deploy_mode"]?.GetValue<string>() == "STANDALONE"), replicas,
                Number(sizes?[collectionId.ToString(CultureInfo.InvariantCulture)]));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonObject> Of(IEnumerable<JsonObject> nodes, string type) => nodes.Where(n => n["type"]?.GetValue<string>() == type);

    private static ImmutableArray<long> Memory(IEnumerable<JsonObject> nodes, string type) =>
        [.. Of(nodes, type).Select(n => Number(n["hardware_infos"]?["memory"])).Where(m => m > 0)];

    private static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;
}
