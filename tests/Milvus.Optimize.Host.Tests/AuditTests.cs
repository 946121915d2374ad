using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The audit log has a line for every change, also where nobody read the answer, or there was none.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly ScriptedRuns _runs = new();
    private RouteServer _server = null!;

    public async Task InitializeAsync() => _server = await RouteServer.StartAsync(_runs);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Who_hangs_up_before_the_answer_is_not_told_to_have_had_one()
    {
        _runs.Hangs = true;
        using var over = new CancellationTokenSource();
        var asked = _server.Tcp.PostAsync($"{RouteTable.Runs}?wait=20", Body("""{"cluster":"c1","collection":"books"}"""), over.Token);
        await _runs.Hanging.Task.WaitAsync(Bound);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var line = await LineAsync();
        Assert.Equal(("startRun", 499, "outcome-unknown", "c1/default/books"), (line.Operation, line.Status, line.Code, line.Target));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_audited_all_the_same()
    {
        // Long enough to be sent in parts, and its end cannot be written.
        var run = Documents.Succeeded();
        _runs.Now = run with
        {
            Warnings = [.. Enumerable.Range(0, 2000).Select(i => new WarningDocument("Long", $"{i} {new string('x', 100)}"))],
            Result = run.Result! with { Progress = default(ImmutableArray<string>) },
        };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _server.Tcp.PostAsync($"{RouteTable.Runs}/{run.Id}:retry", Body("""{"reason":"again"}""")));
        var line = await LineAsync();
        Assert.Equal(("retryRun", 200, "internal", "again"), (line.Operation, line.Status, line.Code, line.Reason));
    }

    [Fact]
    public async Task A_refusal_whose_facts_are_not_had_is_a_refusal()
    {
        _runs.VerbProblem = new(OptimizeProblem.InvalidStateTransition, "it has ended");
        _runs.LookFailure = new OperationCanceledException();
        var answer = await _server.Tcp.PostAsync($"{RouteTable.Runs}/{Documents.Run}:cancel", Body("""{"reason":"why"}"""));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var line = await LineAsync();
        Assert.Equal(("cancelRun", 409, "invalid-state-transition"), (line.Operation, line.Status, line.Code));
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<AuditEntry> LineAsync()
    {
        using var over = new CancellationTokenSource(Bound);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!File.Exists(_server.AuditPath) || File.ReadAllLines(_server.AuditPath) is []) await again.WaitForNextTickAsync(over.Token);
        return JsonSerializer.Deserialize<AuditEntry>(File.ReadAllLines(_server.AuditPath).Single(), JsonSerializerOptions.Web)!;
    }
}
