using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Targets;
using HostBuilder = Microsoft.Extensions.Hosting.Host;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// This process's node. Its parts start in this order and stop in the other: lock, journal and actors, the request that it was started for, socket,
/// the runs that nobody asked for now.
/// </summary>
internal sealed class OwnNode : INodeConnection, IAsyncDisposable
{
    private const int MaxUnfinished = 500;

    private readonly NodeLock _lock;
    private readonly IHost _host;
    private readonly FileLog _log;
    private readonly ClusterBook _clusters;
    private NodeListener? _listener;
    private RunId? _only;
    private bool _allAwake;

    private OwnNode(StateFolder folder, NodeLock held, IHost host, FileLog log, ClusterBook clusters)
    {
        (Folder, _lock, _host, _log, _clusters) = (folder, held, host, log, clusters);
        Runs = new SimulatorHints(host.Services.GetRequiredService<IOptimizeRuns>());
    }

    public IOptimizeRuns Runs { get; }

    /// <summary>The same, without waking any.</summary>
    public IOptimizeRuns Table => new TableRuns(_host.Services.GetRequiredService<IRunTable>());

    /// <summary>What it knows beside runs, without waking any.</summary>
    public INodeReads Reads => new OwnReads(
        _host.Services.GetRequiredService<IRunTable>(), _host.Services.GetRequiredService<IRunHistory>(), _host.Services.GetRequiredService<IClusterInspection>());

    public StateFolder Folder { get; }

    public string Socket => _lock.Socket;

    /// <summary>Where the routes are served beside the socket, once the door is open; null where they are not.</summary>
    public Uri? Url => _listener?.Url;

    /// <summary>Where to serve the routes beside the socket. To be set before the door opens.</summary>
    public Serving? Serving { get; set; }

    /// <summary>What <c>/metrics</c> shows; null where nobody collects. Disposed of by its owner, after the node.</summary>
    public NodeTelemetry? Telemetry { get; set; }

    public IReadOnlyDictionary<string, Credentials> Credentials => _clusters.Held;

    /// <param name="held">Released with the node, and when it cannot start.</param>
    public static async Task<OwnNode> StartAsync(StateFolder folder, NodeLock held, NodeComposition composition, TimeProvider time, CancellationToken cancellationToken)
    {
        IHost? host = null;
        var log = new FileLog(folder.Log, time);
        try
        {
            var builder = HostBuilder.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            builder.Services.AddSingleton<IHostLifetime, SilentLifetime>().AddSingleton(time);
            builder.Logging.AddProvider(log);
            composition(builder.Services, folder);
            host = builder.Build();
            await host.StartAsync(cancellationToken);
            var credentials = Targets.Credentials.FromEnvironment(Environment.GetEnvironmentVariable);
            var clusters = new ClusterBook(
                host.Services.GetRequiredService<IClusterSet>(), new(folder.Clusters), new(folder.SimulatorData), credentials, time);
            return new(folder, held, host, log, clusters);
        }
        catch
        {
            host?.Dispose();
            log.Dispose();
            held.Dispose();
            throw;
        }
    }

    public async Task<StartedRun> StartAsync(StartRequest request, RunTarget? target, CancellationToken cancellationToken)
    {
        if (target is null) return await Runs.StartAsync(request, cancellationToken);
        var cluster = await _clusters.BringAsync(target, cancellationToken);
        return await Runs.StartAsync(request with { Collection = request.Collection with { Cluster = cluster } }, cancellationToken);
    }

    /// <summary>Makes a Milvus reachable for whoever asks this node, and says under which name.</summary>
    public Task<ClusterName> BringAsync(RunTarget target, CancellationToken cancellationToken) => _clusters.BringAsync(target, cancellationToken);

    /// <summary>Makes the Milvus of one cluster reachable that an earlier command named.</summary>
    public Task ConnectAsync(ClusterName cluster, CancellationToken cancellationToken) => _clusters.ConnectKnownAsync(cluster, cancellationToken);

    /// <summary>Makes every Milvus reachable that earlier commands named. Nothing is woken.</summary>
    public Task ConnectAllAsync(CancellationToken cancellationToken) => _clusters.ConnectKnownAsync(null, cancellationToken);

    /// <summary>Lets other commands in, then wakes every run that is not finished.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_allAwake) return;
        if (_listener is null) await ListenAsync(cancellationToken);
        await _clusters.ConnectKnownAsync(null, cancellationToken);
        await Node.WakeAsync(cancellationToken);
        _allAwake = true;
    }

    /// <summary>The same for one run alone.</summary>
    public async Task OpenForAsync(RunId run, CancellationToken cancellationToken)
    {
        _only = run;
        await ListenAsync(cancellationToken);
        await _clusters.ConnectKnownAsync(run.Collection.Cluster, cancellationToken);
        await Node.WakeAsync(run.Collection, cancellationToken);
    }

    /// <summary>Lets nobody in any more and counts what can go on: a request that came in the last moment is counted too.</summary>
    public async Task<int> CloseAsync(CancellationToken cancellationToken)
    {
        if (_listener is { } listener) await listener.DisposeAsync();
        _listener = null;
        return await CountRunningAsync(cancellationToken);
    }

    /// <summary>Lets others in, again.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken) =>
        _listener = await NodeListener.StartAsync(this, _clusters, _host.Services, _log, cancellationToken);

    /// <summary>Runs that can go on; exact only where it is 0 or the actors know them all.</summary>
    public async Task<int> CountRunningAsync(CancellationToken cancellationToken)
    {
        var count = await Node.CountRunningAsync(cancellationToken);
        if (count > 0) return count;
        // A collection that was just woken may still read its history and be counted by nobody: its answer comes after that.
        var unfinished = _only is null
            ? (await Table.ListAsync(new(Done: false, Limit: MaxUnfinished), cancellationToken)).Select(r => RunId.Parse(r.Id))
            : [_only];
        foreach (var run in unfinished)
            if (await GoesOnAsync(run, cancellationToken)) return 1;
        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_listener is { } listener) await listener.DisposeAsync();
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        await _clusters.DisposeAsync();
        _log.Dispose();
        _lock.Dispose();
    }

    private async Task<bool> GoesOnAsync(RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return await Runs.GetAsync(run, -1, TimeSpan.Zero, cancellationToken) is { Done: false, Phase: "Running", State: not "Held" };
        }
        catch (OptimizeProblemException)
        {
            // Quarantined, or nobody can say: nothing that waiting here would change.
            return false;
        }
    }

    private IOptimizeNode Node => _host.Services.GetRequiredService<IOptimizeNode>();
}
