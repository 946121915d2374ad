using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Tests;

public sealed class HttpOptimizeRunsTests : IAsyncLifetime
{
    private static readonly RunId Run = RunId.Parse(Documents.Run);
    private static readonly StartRequest Request = new(new(new("c1"), "db1", "books"), new(new(2048), true, false), "k1", TimeSpan.FromMinutes(90));

    private RouteServer _server = null!;
    private HttpOptimizeRuns _runs = null!;

    public async Task InitializeAsync()
    {
        _server = await RouteServer.StartAsync();
        _runs = new(_server.Http);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_start_arrives_as_it_was_given()
    {
        _server.Runs.Joined = true;
        var started = await _runs.StartAsync(Request, CancellationToken.None);
        Assert.Equal(Request, _server.Runs.Started);
        Assert.True(started.Joined);
        Assert.Equal(Documents.Run, started.Run.Id);
        Assert.Equal(Documents.Running().Timeline.AsEnumerable(), started.Run.Timeline);
    }

    [Fact]
    public async Task A_target_takes_the_place_of_the_cluster()
    {
        await _runs.StartAsync(Request, new() { Address = "http://h:1", User = "u", Password = "p" }, CancellationToken.None);
        Assert.Equal(("u", "p"), (_server.Brought!.User, _server.Brought.Password));
        Assert.Equal("brought", _server.Runs.Started!.Collection.Cluster.Value);
    }

    [Fact]
    public async Task A_get_waits_for_a_newer_revision()
    {
        await _runs.GetAsync(Run, 3, TimeSpan.FromMilliseconds(1500), CancellationToken.None);
        Assert.Equal($"get {Documents.Run} 3 2", Assert.Single(_server.Runs.Calls));
    }

    [Fact]
    public async Task Verbs_and_lists_arrive()
    {
        await _runs.CancelAsync(Run, "a", CancellationToken.None);
        await _runs.AbandonAsync(Run, "b", true, CancellationToken.None);
        await _runs.RetryAsync(Run, "c", CancellationToken.None);
        await _runs.ListAsync(new("c1", null, "books", true, 9), CancellationToken.None);
        Assert.Equal(["cancel a", "abandon b True", "retry c", "list"], _server.Runs.Calls);
        Assert.Equal(new RunQuery("c1", null, "books", true, 9), _server.Runs.Listed);
    }

    [Fact]
    public async Task A_problem_comes_back_as_the_same_value()
    {
        _server.Runs.Problem = new(OptimizeProblem.RunConflict, "another run holds it", false, Run, 7);
        var thrown = await Assert.ThrowsAsync<OptimizeProblemException>(() => _runs.StartAsync(Request, CancellationToken.None));
        Assert.Equal(_server.Runs.Problem, thrown.Problem);
    }

    [Fact]
    public async Task Nobody_there_is_said_as_such()
    {
        using var http = NodeHttp.OverUnixSocket("/tmp/nobody-listens-here.sock");
        await Assert.ThrowsAsync<NodeUnreachableException>(() => new HttpOptimizeRuns(http).CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_that_is_none_of_ours_is_said_as_such()
    {
        using var http = new HttpClient(new NotFoundHandler()) { BaseAddress = new("http://localhost") };
        await Assert.ThrowsAsync<NodeUnreachableException>(() => new HttpOptimizeRuns(http).CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Why_TLS_failed_is_said_and_not_where_to_look()
    {
        using var http = NodeHttp.OverTcp(new($"https://127.0.0.1:{_server.Tcp.BaseAddress!.Port}"));
        var thrown = await Assert.ThrowsAsync<NodeUnreachableException>(() => new HttpOptimizeRuns(http).CheckAsync(CancellationToken.None));
        Assert.Matches("SSL connection could not be established: .{10}", thrown.Message);
        Assert.DoesNotContain("inner exception", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_waiting_is_not_told_that_nobody_is_there()
    {
        _server.Runs.Hangs = true;
        using var stop = new CancellationTokenSource();
        var get = _runs.GetAsync(Run, 3, TimeSpan.FromSeconds(20), stop.Token);
        await _server.Runs.Hanging.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => get);
    }

    private sealed class NotFoundHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new StringContent("<html>") });
    }
}
