using System.Text;
using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class TriggerTests
{
    [Fact]
    public async Task The_message_names_everything_and_the_answer_comes_back()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("ManualCompaction", new ManualCompactionResponse { Status = new(), CompactionID = 77, CompactionPlanCount = 3 });
        await using var gateway = Gateways.To(server, o => o with { Token = "key" });
        var permit = new CountingPermit();
        Assert.Equal(new TriggerOutcome.Acknowledged(77, 3), await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default));
        Assert.Equal(1, permit.Asked);
        var sent = server.Last<ManualCompactionRequest>("ManualCompaction");
        Assert.Equal(new ManualCompactionRequest { CollectionID = 42, CollectionName = "books", DbName = "db1", TargetSize = 512 }, sent);
        var headers = server.Seen[^1].Headers;
        Assert.Equal(("db1", "key"), (headers["dbname"], Encoding.UTF8.GetString(Convert.FromBase64String(headers["authorization"]))));
        Assert.True(headers.ContainsKey("grpc-timeout"));
        Assert.Equal(["GetVersion", "ManualCompaction"], server.Seen.Select(call => call.Method));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task An_id_that_an_old_server_reads_as_every_collection_is_a_bug(long id)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        var request = Gateways.Trigger() with { Name = Gateways.Books with { CollectionId = id } };
        await Assert.ThrowsAsync<ArgumentException>(() => gateway.TriggerForceMergeAsync(request, new CountingPermit(), default));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task A_refused_permit_is_proof_that_nothing_was_sent()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        var permit = new CountingPermit(grant: false);
        Assert.Contains("permit", Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default)).Reason, StringComparison.Ordinal);
        Assert.Equal((1, 0), (permit.Asked, server.Count("ManualCompaction")));
    }

    [Fact]
    public async Task A_permit_serves_one_trigger()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("ManualCompaction", new ManualCompactionResponse { Status = new(), CompactionID = 77 });
        await using var gateway = Gateways.To(server);
        var permit = new CountingPermit();
        Assert.IsType<TriggerOutcome.Acknowledged>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default));
        Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default));
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unknown)]
    [InlineData(StatusCode.Aborted)]
    public async Task A_status_that_a_handler_may_give_is_unknown_and_sent_once(StatusCode status)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Fail("ManualCompaction", status, "words");
        await using var gateway = Gateways.To(server);
        var outcome = Assert.IsType<TriggerOutcome.Unknown>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
        Assert.Equal((MilvusFailureKind.Unknown, FailureClassifier.NameOf(status)), (outcome.Failure.Kind, outcome.Failure.GrpcStatus));
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Theory]
    [InlineData(StatusCode.Unauthenticated, MilvusFailureKind.Permanent)]
    [InlineData(StatusCode.PermissionDenied, MilvusFailureKind.Permanent)]
    [InlineData(StatusCode.Unimplemented, MilvusFailureKind.NotSupported)]
    [InlineData(StatusCode.ResourceExhausted, MilvusFailureKind.Transient)]
    public async Task A_status_given_before_the_handler_runs_is_a_refusal(StatusCode status, MilvusFailureKind kind)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Fail("ManualCompaction", status, "PrivilegeCompaction: permission deny to viewer");
        await using var gateway = Gateways.To(server);
        var refused = Assert.IsType<TriggerOutcome.Refused>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
        Assert.Equal(kind, refused.Failure.Kind);
        Assert.Contains("PrivilegeCompaction", refused.Failure.Reason, StringComparison.Ordinal);
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Theory]
    [InlineData(100, "collection not found", MilvusFailureKind.Permanent)]
    [InlineData(1, "service not ready", MilvusFailureKind.Transient)]
    [InlineData(2, "compaction disabled", MilvusFailureKind.Permanent)]
    [InlineData(8, "rate limit exceeded", MilvusFailureKind.Transient)]
    public async Task A_Milvus_code_is_a_refusal_whatever_its_kind(int code, string reason, MilvusFailureKind kind)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("ManualCompaction", new ManualCompactionResponse { Status = new() { Code = code, Reason = reason } });
        await using var gateway = Gateways.To(server);
        var outcome = await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default);
        Assert.Equal(new TriggerOutcome.Refused(new(kind, code, "OK", reason)), outcome);
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(65535)]
    [InlineData(10000)]
    [InlineData(10001)]
    public async Task A_proxy_that_gave_up_waiting_proves_nothing(int code)
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.Answer("ManualCompaction", new ManualCompactionResponse { Status = new() { Code = code, Reason = "context deadline exceeded" } });
        await using var gateway = Gateways.To(server);
        Assert.IsType<TriggerOutcome.Unknown>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_message_leaves_it_unknown()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.On("ManualCompaction", (http, _) =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        await using var gateway = Gateways.To(server);
        Assert.IsType<TriggerOutcome.Unknown>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Fact]
    public async Task The_deadline_of_the_request_ends_a_silent_trigger()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        server.On("ManualCompaction", (http, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted));
        await using var gateway = Gateways.To(server, o => o with { CallTimeout = TimeSpan.FromMinutes(5) });
        var started = TimeProvider.System.GetTimestamp();
        var outcome = Assert.IsType<TriggerOutcome.Unknown>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(seconds: 0.3), new CountingPermit(), default));
        Assert.Equal("DEADLINE_EXCEEDED", outcome.Failure.GrpcStatus);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(10));
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Fact]
    public async Task A_cancelled_token_leaves_a_sent_trigger_unknown_and_an_unsent_one_unsent()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        using var cancel = new CancellationTokenSource();
        server.On("ManualCompaction", async (http, _) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });
        await using var gateway = Gateways.To(server);
        Assert.IsType<TriggerOutcome.Unknown>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), cancel.Token));
        Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), cancel.Token));
        Assert.Equal(1, server.Count("ManualCompaction"));
    }

    [Fact]
    public async Task A_failing_look_at_the_connection_sends_nothing()
    {
        await using var server = await ScriptedMilvus.StartAsync();
        await using var gateway = Gateways.To(server);
        var permit = new CountingPermit();
        server.Fail("GetVersion", StatusCode.Unavailable, "starting");
        Assert.Contains("starting", Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default)).Reason, StringComparison.Ordinal);
        server.Answer("GetVersion", new GetVersionResponse { Status = new WireStatus { Code = 1, Reason = "not ready" } });
        Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default));
        server.Fail("GetVersion", StatusCode.Unauthenticated, "auth check failure");
        Assert.IsType<TriggerOutcome.Refused>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), permit, default));
        Assert.Equal((0, 0), (permit.Asked, server.Count("ManualCompaction")));
    }

    [Fact]
    public async Task No_server_means_not_sent()
    {
        var gone = await ScriptedMilvus.StartAsync();
        await gone.DisposeAsync();
        await using var gateway = Gateways.To(gone);
        Assert.IsType<TriggerOutcome.NotSent>(await gateway.TriggerForceMergeAsync(Gateways.Trigger(), new CountingPermit(), default));
    }
}
