using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The whole life of a run over a gateway of values: what the actors make of answers, apart from any server and its times.</summary>
public sealed class RunsOverAScript : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_merge_is_proven_from_the_segments_and_the_next_run_has_nothing_to_do()
    {
        var gateway = new ScriptedGateway();
        gateway.Make("books", segments: 4);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, gateway);
        var run = await host.FinishAsync("books");
        Assert.Equal(("Succeeded", 4, 1), (run.State, run.Segments.Before!.Count, run.Segments.After!.Count));
        Assert.Equal("SucceededNoWork", (await host.FinishAsync("books")).State);
        Assert.Equal(1, gateway.Triggers);
    }

    [Fact]
    public async Task A_flush_and_a_refresh_that_fail_in_passing_are_asked_for_again_by_the_run()
    {
        var script = new ScriptedGateway();
        script.Make("books", segments: 4);
        var gateway = new FailsInPassing(script);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, gateway);
        var run = await host.FinishAsync("books", new() { Flush = true });
        Assert.Equal(("Succeeded", 2, 2), (run.State, gateway.Flushes, gateway.Refreshes));
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public async Task Without_a_list_of_segments_nothing_is_claimed()
    {
        var gateway = new ScriptedGateway { LacksSegments = true, Server = new("unknown-20260608", GenerationRange.Unknown) };
        gateway.Make("books", segments: 4);
        await using var host = await OptimizeHost.StartAsync(_folder.Journal, gateway);
        var run = await host.FinishAsync("books");
        Assert.Equal(("PartiallySucceeded", "Unverified", 1), (run.State, run.StateReason, gateway.Triggers));
    }

    /// <summary>Of the calls that change something, apart from the trigger, each first one fails.</summary>
    private sealed class FailsInPassing(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        private static readonly MilvusException Unavailable = new(new(MilvusFailureKind.Transient, 0, "Unavailable", "the proxy starts"));
        private int _flushes;
        private int _refreshes;

        public int Flushes => _flushes;

        public int Refreshes => _refreshes;

        public override Task<FlushTicket> FlushAsync(CollectionName name, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _flushes) == 1 ? Task.FromException<FlushTicket>(Unavailable) : base.FlushAsync(name, cancellationToken);

        public override Task RefreshLoadAsync(CollectionName name, CancellationToken cancellationToken) =>
            Interlocked.Increment(ref _refreshes) == 1 ? Task.FromException(Unavailable) : base.RefreshLoadAsync(name, cancellationToken);
    }
}
