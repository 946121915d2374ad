using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>What a Milvus shows on port 9091, as far as somebody who watches compactions asks. No list knows the id of a compaction.</summary>
internal static class ManagementPort
{
    public static void Map(WebApplication app, Simulation simulation)
    {
        app.MapGet("/healthz", (HttpContext http) => http.Response.WriteAsync("OK"));
        app.MapGet("/api/v1/health", (HttpContext http) => http.Response.WriteAsJsonAsync(new { status = "ok" }));
        if (!simulation.Rules.HasManagementLists) return;
        app.MapGet("/api/v1/_dc/tasks/compaction", (HttpContext http) =>
            http.Response.WriteAsJsonAsync(simulation.Read(world => world.State.Tasks.Select(task => Task(task, world)).ToList())));
        app.MapGet("/api/v1/_dc/segments", (HttpContext http) =>
            http.Response.WriteAsJsonAsync(simulation.Read(world => world.State.Segments.Select(Persisted).ToList())));
        app.MapGet("/api/v1/_qc/segments", (HttpContext http) =>
            http.Response.WriteAsJsonAsync(simulation.Read(world => world.State.Collections.SelectMany(collection => Served(collection, world)).ToList())));
    }

    /// <summary>Only the newest server remembers how a finished task ended; on the others it is "cleaned".</summary>
    private static object Task(CompactionTask task, World world) => new
    {
        plan_id = Id(task.PlanId),
        collection_id = Id(task.CollectionId),
        type = task.IsL0 ? "Level0DeleteCompaction" : "MixCompaction",
        state = task.State.ToString().ToLowerInvariant(),
        fail_reason = task.FailureReason,
        start_time = task.StartedAt is { } start ? Time(start) : "",
        end_time = task.EndedAt is { } end ? Time(end) : "",
        total_rows = task.Sources.Sum(source => world.Segment(source)?.Rows ?? 0),
        input_segments = task.Sources.Select(Id),
        result_segments = task.Targets.Select(Id),
        node_id = "1",
    };

    private static object Persisted(Segment segment) => new
    {
        segment_id = Id(segment.Id),
        collection_id = Id(segment.CollectionId),
        partition_id = Id(segment.PartitionId),
        channel = segment.Channel,
        num_of_rows = Id(segment.Rows),
        state = segment.State.ToString(),
        level = segment.Level.ToString(),
        is_sorted = segment.IsSorted,
        is_invisible = segment.IsInvisible,
        compacted = segment.State == SegmentState.Dropped,
    };

    private static IEnumerable<object> Served(Collection collection, World world) => collection.QuerySegments.Select(world.Segment).OfType<Segment>().Select(segment => new
    {
        segment_id = Id(segment.Id),
        collection_id = Id(segment.CollectionId),
        partition_id = Id(segment.PartitionId),
        channel = segment.Channel,
        num_of_rows = Id(segment.Rows),
        state = "Sealed",
        resource_group = "__default_resource_group",
        node_id = Enumerable.Range(0, collection.Replicas).SelectMany(replica => world.Loads.NodesOf(collection, replica)).Distinct().Select(Id),
        mem_size = Id(segment.Bytes),
    });

    private static string Id(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
