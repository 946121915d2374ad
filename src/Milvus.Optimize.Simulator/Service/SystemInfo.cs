using System.Globalization;
using System.Text.Json;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>The answer to GetMetrics "system_info": a standalone server's components, in the order and with the fields that 2.3.5 was recorded with.</summary>
internal static class SystemInfo
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(World world)
    {
        // Each collection once: a server of ten thousand is asked by each of its runs.
        var bytes = world.State.Collections.Select(collection => (collection.Id, Bytes: Bytes(world, collection.Id))).Where(one => one.Bytes > 0).ToList();
        return JsonSerializer.Serialize(new
        {
            nodes_info = new[]
            {
                Node(world, 4, "querynode", null, new { simd_type = "auto" }, QueryNodeQuota(world)),
                Node(world, 3, "querycoord", [Link("manage", "querynode")], new { search_channel_prefix = "", search_result_channel_prefix = "" }),
                Node(world, 7, "datanode", null, new { flush_insert_buffer_size = 16777216 }, DataNodeQuota(world)),
                Node(world, 5, "indexnode", null, new { minio_bucket_name = "a-bucket", simd_type = "auto" }),
                Node(world, 6, "datacoord", [Link("manage", "datanode"), Link("manage", "indexnode")], new { segment_max_size = world.Rules.SegmentMaxSizeMb }, new
                {
                    TotalBinlogSize = bytes.Sum(one => one.Bytes),
                    CollectionBinlogSize = bytes.ToDictionary(one => one.Id.ToString(CultureInfo.InvariantCulture), one => one.Bytes),
                }),
                Node(world, 2, "rootcoord", [], new { min_segment_size_to_enable_index = 1024 }),
                Node(world, 1, "proxy", [Link("forward", "querycoord"), Link("forward", "datacoord"), Link("forward", "rootcoord")],
                    new { default_partition_name = "_default", default_index_name = "_default_idx" }, isQuotaNull: true),
            },
        }, Plain);
    }

    private static Dictionary<string, object?> Node(World world, int port, string type, object[]? connected, object configurations, object? quota = null, bool isQuotaNull = false)
    {
        var infos = new Dictionary<string, object?>
        {
            ["has_error"] = false,
            ["error_reason"] = "",
            ["name"] = type + "1",
            ["hardware_infos"] = Hardware(world, port),
            ["system_info"] = new
            {
                system_version = world.Rules.GitCommit,
                deploy_mode = "STANDALONE",
                build_version = world.Rules.Version,
                build_time = world.Rules.BuildTime,
                used_go_version = world.Rules.GoVersion,
            },
            ["created_time"] = Time(world.State.StartedAt),
            ["updated_time"] = Time(world.State.StartedAt),
            ["type"] = type,
            ["id"] = 1,
            ["system_configurations"] = configurations,
        };
        if (quota is not null || isQuotaNull) infos["quota_metrics"] = quota;
        return new Dictionary<string, object?> { ["identifier"] = 1, ["connected"] = connected, ["infos"] = infos };
    }

    private static object Link(string kind, string target) => new { connected_identifier = 1, type = kind, target_type = target };

    private static object Hardware(World world, int port) => new
    {
        ip = $"127.0.0.1:{21120 + port}",
        cpu_core_count = 2,
        cpu_core_usage = 0,
        memory = world.Settings.Topology.QueryNodeMemoryBytes.DefaultIfEmpty(Topology.DefaultMemoryBytes).Min(),
        memory_usage = 37_703_680,
        disk = 104_857_600,
        disk_usage = 2_097_152,
    };

    private static object QueryNodeQuota(World world) => new
    {
        Hms = Hardware(world, 4),
        Rms = Rates("NQPerSecond", "SearchThroughput", "InsertConsumeThroughput", "DeleteConsumeThroughput"),
        Fgm = NoFlowGraph,
        SearchQueue = EmptyQueue,
        QueryQueue = EmptyQueue,
        GrowingSegmentsSize = 0,
        Effect = new { NodeID = 1, CollectionIDs = world.State.Collections.Where(one => one.Load != LoadStage.NotLoaded).Select(one => one.Id) },
    };

    private static object DataNodeQuota(World world) => new
    {
        Hms = Hardware(world, 7),
        Rms = Rates("InsertConsumeThroughput", "DeleteConsumeThroughput"),
        Fgm = NoFlowGraph,
        Effect = new { NodeID = 1, CollectionIDs = world.State.Collections.Select(one => one.Id) },
    };

    private static object NoFlowGraph => new { MinFlowGraphChannel = "", MinFlowGraphTt = ulong.MaxValue, NumFlowGraph = 0 };

    private static object EmptyQueue => new { UnsolvedQueue = 0, ReadyQueue = 0, ReceiveChan = 0, ExecuteChan = 0, AvgQueueDuration = 0 };

    private static IEnumerable<object> Rates(params string[] labels) => labels.Select(label => new { Label = label, Rate = 0 });

    private static long Bytes(World world, long collection) => world.SegmentsOf(collection).Where(segment => segment.IsData).Sum(segment => segment.Bytes);

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss.fffffff00 +0000 UTC", CultureInfo.InvariantCulture);
}
