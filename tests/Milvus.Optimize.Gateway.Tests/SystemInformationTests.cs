using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>What a real server told of its nodes, and what is made of it where it tells less.</summary>
public sealed class SystemInformationTests
{
    private const long Megabyte = 1 << 20;
    private const long Machine = 25_276_063_744;
    private const long Recorded = 470_648_734_476_927_012;

    [Fact]
    public void The_request_is_the_one_that_was_recorded() => Assert.Contains(SystemInformation.Request, Requests("milvus-2.3.5/handshake.jsonl"));

    [Theory]
    [InlineData("milvus-2.3.5/handshake.jsonl", 0)]
    [InlineData("milvus-2.3.5/auth-root.jsonl", 462_714)]
    public void A_recorded_server_tells_its_segment_size_its_memory_and_the_bytes_of_a_collection(string file, long bytes)
    {
        var limits = SystemInformation.Limits(Answer(file).Response, Recorded, replicas: 2);
        Assert.NotNull(limits);
        Assert.Equal((512 * Megabyte, true, 2, bytes), (limits.SegmentMaxBytes, limits.IsStandalone, limits.Replicas, limits.CollectionBytes));
        Assert.Equal(Machine, Assert.Single(limits.QueryNodeBytes));
        Assert.Equal(Machine, Assert.Single(limits.DataNodeBytes));
    }

    [Fact]
    public void Bytes_of_another_collection_are_not_taken() =>
        Assert.Equal(0, SystemInformation.Limits(Answer("milvus-2.3.5/auth-root.jsonl").Response, Recorded + 1, 1)!.CollectionBytes);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"nodes_info":null}""")]
    [InlineData("""{"nodes_info":[null,{"infos":7},{"infos":{"type":3}}]}""")]
    [InlineData("""{"nodes_info":[{"infos":{"type":"datacoord"}}]}""")]
    [InlineData("""{"nodes_info":[{"infos":{"type":"datacoord","system_configurations":{"segment_max_size":"much"}}}]}""")]
    public void Without_the_size_of_a_segment_nothing_follows(string json) => Assert.Null(SystemInformation.Limits(json, Recorded, 1));

    [Fact]
    public void Newer_servers_have_one_coordinator_for_all_and_nodes_that_tell_no_memory_are_left_out()
    {
        const string Json = """
            {"nodes_info":[{"infos":{"type":"mixcoord","system_configurations":{"segment_max_size":1024}}},
            {"infos":{"type":"querynode","hardware_infos":{"memory":8}}},{"infos":{"type":"querynode"}},{"infos":{"type":"datanode","hardware_infos":{"memory":0}}}]}
            """;
        var limits = SystemInformation.Limits(Json, Recorded, 1)!;
        Assert.Equal((1024 * Megabyte, false, 0L), (limits.SegmentMaxBytes, limits.IsStandalone, limits.CollectionBytes));
        Assert.Equal(8, Assert.Single(limits.QueryNodeBytes));
        Assert.Empty(limits.DataNodeBytes);
    }

    [Fact]
    public async Task The_gateway_asks_for_it_and_counts_the_replicas()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetMetrics", Answer("milvus-2.3.5/handshake.jsonl"));
        server.Answer("GetReplicas", new GetReplicasResponse { Status = new(), Replicas = { new ReplicaInfo(), new ReplicaInfo(), new ReplicaInfo() } });
        await using var gateway = Gateways.To(server);
        var limits = await gateway.DescribeLimitsAsync(Gateways.Books, default);
        Assert.Equal((512 * Megabyte, 3), (limits!.SegmentMaxBytes, limits.Replicas));
        Assert.Equal(SystemInformation.Request, server.Last<GetMetricsRequest>("GetMetrics").Request);
        Assert.Equal(Gateways.Books.CollectionId, server.Last<GetReplicasRequest>("GetReplicas").CollectionID);
    }

    [Fact]
    public async Task A_collection_that_is_not_loaded_counts_as_one_replica()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetMetrics", Answer("milvus-2.3.5/handshake.jsonl"));
        server.Answer("GetReplicas", new GetReplicasResponse { Status = new() { Code = 400, Reason = "replica not found[replica=42]" } });
        await using var gateway = Gateways.To(server);
        Assert.Equal(1, (await gateway.DescribeLimitsAsync(Gateways.Books, default))!.Replicas);
        Assert.Equal(1, await gateway.CountReplicasAsync(Gateways.Books, default));
    }

    [Fact]
    public async Task A_server_without_the_call_or_that_refuses_it_tells_nothing()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        Assert.Null(await gateway.DescribeLimitsAsync(Gateways.Books, default));
        server.Answer("GetMetrics", new GetMetricsResponse { Status = new() { Code = 1200, Reason = "metric not found[metric=system_info]" } });
        Assert.Null(await gateway.DescribeLimitsAsync(Gateways.Books, default));
    }

    private static IEnumerable<string> Requests(string file) =>
        Calls(file).Select(c => GetMetricsRequest.Parser.ParseFrom(Transcript.Bytes(c, "request_hex")!).Request);

    private static GetMetricsResponse Answer(string file) =>
        Calls(file).Select(c => GetMetricsResponse.Parser.ParseFrom(Transcript.Bytes(c, "response_hex")!)).First(a => a.Response.Length > 0);

    private static IEnumerable<System.Text.Json.JsonElement> Calls(string file) => Transcript.Calls(file).Where(c => c.GetProperty("method").GetString() == "GetMetrics");
}
