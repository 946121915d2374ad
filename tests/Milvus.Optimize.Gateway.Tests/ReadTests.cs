using System.Text;
using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class ReadTests
{
    private static readonly WireStatus Ok = new();

    [Theory]
    [InlineData("key-1", null, null, "key-1")]
    [InlineData("root:Milvus", null, null, "root:Milvus")]
    [InlineData(null, "root", "Pässword:1", "root:Pässword:1")]
    public async Task Credentials_and_database_travel_in_headers(string? token, string? user, string? password, string sent)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("DescribeIndex", new DescribeIndexResponse { Status = Ok });
        await using var gateway = Gateways.To(server, o => o with { Token = token, User = user, Password = password });
        await gateway.DescribeIndexesAsync(Gateways.Books, 7, default);
        var headers = Assert.Single(server.Seen).Headers;
        Assert.Equal(sent, Encoding.UTF8.GetString(Convert.FromBase64String(headers["authorization"])));
        Assert.Equal("db1", headers["dbname"]);
        var request = server.Last<DescribeIndexRequest>("DescribeIndex");
        Assert.Equal(("db1", "books", 7ul), (request.DbName, request.CollectionName, request.Timestamp));
    }

    [Fact]
    public async Task Without_credentials_no_header_is_sent()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        await gateway.DescribeServerAsync("default", default);
        Assert.All(server.Seen, call => Assert.False(call.Headers.ContainsKey("authorization")));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 4)]
    [InlineData(StatusCode.Aborted, 4)]
    [InlineData(StatusCode.Internal, 4)]
    [InlineData(StatusCode.Cancelled, 4)]
    [InlineData(StatusCode.Unauthenticated, 1)]
    [InlineData(StatusCode.PermissionDenied, 1)]
    [InlineData(StatusCode.Unimplemented, 1)]
    [InlineData(StatusCode.InvalidArgument, 1)]
    public async Task A_transient_status_is_tried_again_and_no_other(StatusCode status, int calls)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Fail("GetLoadState", status, "the server's words");
        await using var gateway = Gateways.To(server);
        var failure = await Gateways.FailureOf(() => gateway.GetLoadStateAsync(Gateways.Books, default));
        Assert.Equal(calls, server.Count("GetLoadState"));
        Assert.Equal(calls > 1, failure.Kind == MilvusFailureKind.Transient);
        Assert.Contains("the server's words", failure.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(1, 4)]
    [InlineData(100, 1)]
    [InlineData(600, 1)]
    [InlineData(65535, 1)]
    public async Task A_transient_code_is_tried_again_and_no_other(int code, int calls)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetLoadState", new GetLoadStateResponse { Status = new() { Code = code, Reason = "r" } });
        await using var gateway = Gateways.To(server);
        var failure = await Gateways.FailureOf(() => gateway.GetLoadStateAsync(Gateways.Books, default));
        Assert.Equal((calls, code, "r"), (server.Count("GetLoadState"), failure.Code, failure.Reason));
    }

    [Theory]
    [InlineData("LoadCollection")]
    [InlineData("Flush")]
    public async Task What_changes_something_is_sent_once_however_it_fails(string method)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        server.Fail(method, StatusCode.Unavailable, "the proxy starts");
        await FailsInPassingAsync();
        server.Answer(method, method == "Flush" ? new FlushResponse { Status = new() { Code = 8, Reason = "busy" } } : new WireStatus { Code = 8, Reason = "busy" });
        await FailsInPassingAsync();
        Assert.Equal(2, server.Count(method));

        async Task FailsInPassingAsync() => Assert.Equal(MilvusFailureKind.Transient, (await Gateways.FailureOf(
            () => method == "Flush" ? gateway.FlushAsync(Gateways.Books, default) : gateway.RefreshLoadAsync(Gateways.Books, default))).Kind);
    }

    [Fact]
    public async Task A_segment_that_vanishes_during_a_hand_over_is_asked_for_again()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        var segments = new GetPersistentSegmentInfoResponse { Status = Ok };
        segments.Infos.Add(new PersistentSegmentInfo { SegmentID = 5, PartitionID = 6, NumRows = 7, State = Wire.SegmentState.Flushed, Level = Wire.SegmentLevel.L2, InsertChannel = "c" });
        server.Answers("GetPersistentSegmentInfo", new GetPersistentSegmentInfoResponse { Status = new() { Code = 600, Reason = "segment not found" } }, segments);
        await using var gateway = Gateways.To(server);
        var listed = await gateway.ListSegmentsAsync(Gateways.Books, default);
        Assert.Equal(new SegmentObservation(5, 6, 7, Core.Milvus.SegmentState.Flushed, Core.Milvus.SegmentLevel.L2, false, "c"), Assert.Single(listed!.Value));
        Assert.Equal(2, server.Count("GetPersistentSegmentInfo"));
    }

    [Fact]
    public async Task A_silent_call_ends_by_its_deadline_and_is_not_repeated()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.On("GetLoadState", (http, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        await using var gateway = Gateways.To(server, o => o with { CallTimeout = TimeSpan.FromMilliseconds(200) });
        var failure = await Gateways.FailureOf(() => gateway.GetLoadStateAsync(Gateways.Books, default));
        Assert.Equal((MilvusFailureKind.Transient, "DEADLINE_EXCEEDED", 1), (failure.Kind, failure.GrpcStatus, server.Count("GetLoadState")));
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_call_and_the_pauses()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        var arrived = new TaskCompletionSource();
        server.On("GetLoadState", (http, _) =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });
        server.Fail("GetFlushState", StatusCode.Unavailable, "later");
        await using var gateway = Gateways.To(server, o => o with { ReadBackOff = TimeSpan.FromMinutes(1) });
        using var cancel = new CancellationTokenSource();
        var call = gateway.GetLoadStateAsync(Gateways.Books, cancel.Token);
        var pausing = gateway.IsFlushedAsync(Gateways.Books, new([], 0), cancel.Token);
        await arrived.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pausing);
    }

    [Fact]
    public async Task Calls_that_a_server_lacks_are_evidence_that_is_missing()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetCompactionState", new GetCompactionStateResponse { Status = Ok, State = CompactionState.Completed });
        await using var gateway = Gateways.To(server);
        Assert.Null(await gateway.AllocateTimestampAsync(default));
        Assert.Null(await gateway.ListSegmentsAsync(Gateways.Books, default));
        Assert.Null(await gateway.ListQuerySegmentsAsync(Gateways.Books, default));
        Assert.Null(await gateway.GetRefreshProgressAsync(Gateways.Books, default));
        var compaction = await gateway.GetCompactionAsync(Gateways.Books, 1, default);
        Assert.False(compaction.Executing);
        Assert.Null(compaction.Plans);
    }

    [Fact]
    public async Task No_index_is_an_empty_list()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("DescribeIndex", new DescribeIndexResponse { Status = new() { Code = 700, Reason = "index not found[collection=books]" } });
        await using var gateway = Gateways.To(server);
        Assert.Empty(await gateway.DescribeIndexesAsync(Gateways.Books, 0, default));
    }

    [Fact]
    public async Task An_answer_of_many_megabytes_is_read()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        var answer = new GetPersistentSegmentInfoResponse { Status = Ok };
        answer.Infos.AddRange(Enumerable.Range(1, 200_000).Select(i => new PersistentSegmentInfo { SegmentID = long.MaxValue - i, CollectionID = 42, InsertChannel = "by-dev-rootcoord-dml_0" }));
        Assert.True(answer.CalculateSize() > 5 << 20);
        server.Answer("GetPersistentSegmentInfo", answer);
        await using var gateway = Gateways.To(server);
        Assert.Equal(200_000, (await gateway.ListSegmentsAsync(Gateways.Books, default))!.Value.Length);
    }

    [Fact]
    public async Task The_version_is_what_GetVersion_says_and_else_what_Connect_says()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("GetVersion", new GetVersionResponse { Status = Ok, Version = "unknown-20260608-7ea6e3526" });
        await using var gateway = Gateways.To(server);
        Assert.Equal(new ServerDescription("unknown-20260608-7ea6e3526", GenerationRange.Unknown), await gateway.DescribeServerAsync("db1", default));
        server.Fail("GetVersion", StatusCode.Unimplemented, "unknown method");
        Assert.Equal("2.6.15", (await gateway.DescribeServerAsync("db1", default)).Version);
        server.Fail("Connect", StatusCode.Unimplemented, "unknown method");
        var failure = await Gateways.FailureOf(() => gateway.DescribeServerAsync("db1", default));
        Assert.Contains("does not answer as a Milvus server", failure.Reason, StringComparison.Ordinal);
        server.Answer("Connect", new ConnectResponse { Status = new() { Code = 800, Reason = "database not found[database=db1]" } });
        Assert.Equal(MilvusFailure.DatabaseNotFound, (await Gateways.FailureOf(() => gateway.DescribeServerAsync("db1", default))).Code);
    }
}
