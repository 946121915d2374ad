using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management;
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
        var written = new Written();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddMilvusOptimizeManagement().AddSingleton<IAuditLog>(written).BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Features.Set<IHttpResponseFeature>(new Begun());
        var rule = new RouteRule("POST", "/", "breakOff", null, call =>
        {
            call.About("something");
            throw new InvalidOperationException("in the middle");
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => Gate.Before(rule)(context));
        Assert.Equal([("breakOff", 200, "internal", "something")], written.All.Select(e => (e.Operation, e.Status, e.Code, e.Target)));
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

    private sealed class Written : IAuditLog
    {
        public List<AuditEntry> All { get; } = [];

        public void Write(AuditEntry entry) => All.Add(entry);
    }

    private sealed class Begun : HttpResponseFeature
    {
        public override bool HasStarted => true;
    }
}
