using System.Collections.Immutable;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Looks at a node that listens, and through it at its Milvus clusters. Nothing is changed and no run is woken.</summary>
internal sealed class ServerDoctor(HttpClient http, TimeProvider time)
{
    private readonly HttpOptimizeRuns _runs = new(http);
    private readonly List<DoctorCheck> _checks = [];

    // Whether the key may start runs; null while that has not shown.
    private bool? _starts;

    public async Task<IReadOnlyList<DoctorCheck>> ExamineAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _runs.CheckAsync(cancellationToken);
            _checks.Add(DoctorCheck.Ok("server", $"{http.BaseAddress} answers"));
            await ReadyAsync(cancellationToken);
            await ClockAsync(cancellationToken);
            await ClustersAsync(cancellationToken);
        }
        catch (NodeUnreachableException e)
        {
            _checks.Add(DoctorCheck.Fail("server", e.Message, ExitCode.OwnTrouble));
        }

        return _checks;
    }

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var ready = await _runs.ReadyAsync(cancellationToken);
        _checks.Add(ready.Status == "ok" ? DoctorCheck.Ok("ready", "its journal is there") : DoctorCheck.Fail("ready", $"{ready.Status}: {ready.Reason}", ExitCode.OwnTrouble));
    }

    // The header Date has whole seconds.
    private async Task ClockAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow();
        using var answer = await http.GetAsync("/healthz", cancellationToken);
        var blur = time.GetUtcNow() - before;
        if (answer.Headers.Date is { } date) _checks.Add(DoctorCheck.Clock(date - before - (blur / 2), blur + TimeSpan.FromSeconds(1)));
    }

    private async Task ClustersAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<ClusterDocument> clusters;
        try
        {
            clusters = await _runs.ClustersAsync(cancellationToken);
        }
        catch (OptimizeProblemException e)
        {
            _checks.Add(DoctorCheck.Fail("key", $"{e.Message} (--api-key, {PlaceOptions.KeyVariable})", ExitCodes.Of(e.Problem)));
            return;
        }

        _checks.Add(DoctorCheck.Ok("key", "it may read"));
        if (clusters.IsEmpty) _checks.Add(DoctorCheck.Warn("clusters", "the server knows no Milvus, or this key is for none of them"));
        foreach (var cluster in clusters) await ClusterAsync(cluster, cancellationToken);
        await PrivilegesAsync(cancellationToken);
    }

    private async Task ClusterAsync(ClusterDocument cluster, CancellationToken cancellationToken)
    {
        var name = $"cluster {cluster.Name}";
        if (cluster.Held)
        {
            _checks.Add(DoctorCheck.Fail(name, $"its runs are held: {cluster.Reason}", ExitCode.NoServer));
            return;
        }

        try
        {
            var page = await _runs.CollectionsAsync(new(cluster.Name), null, null, null, 1, cancellationToken);
            if (page.Collections is [{ Trouble: { } trouble }, ..]) _checks.Add(DoctorCheck.Fail(name, trouble, ExitCode.NoServer));
            else _checks.Add(DoctorCheck.Ok(name, await VersionAsync(cluster.Name, page.Collections is [var first, ..] ? first : null, cancellationToken)));
        }
        catch (OptimizeProblemException e)
        {
            _checks.Add(DoctorCheck.Fail(name, e.Message, ExitCodes.Of(e.Problem)));
        }
    }

    // A plan asks the server for its version, and is for those who may start; who only reads is told what the last run saw.
    private async Task<string> VersionAsync(string cluster, CollectionDocument? collection, CancellationToken cancellationToken)
    {
        if (collection is not null && _starts is not false)
        {
            try
            {
                var plan = await _runs.PlanAsync(new(new(cluster), collection.Database, collection.Name), cancellationToken);
                _starts = true;
                return $"it answers: {Words(plan.Server)}";
            }
            catch (OptimizeProblemException e) when (e.Problem.Code == OptimizeProblem.PermissionDenied)
            {
                _starts = false;
            }
        }

        var last = await _runs.ListAsync(new(cluster, Limit: 1), cancellationToken);
        var none = collection is null ? ", and has no collection that this key may see" : "";
        return last is [{ Server: { } server } run]
            ? $"it answers{none}: {Words(server)}, as run {run.Id} saw it"
            : $"it answers{none}; its version is told to those who may start a run, or after one";
    }

    // The server says to nobody what a key is: it shows by what is refused. Nothing is changed by asking.
    private async Task PrivilegesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _runs.KeysAsync(null, 1, cancellationToken);
            _checks.Add(DoctorCheck.Ok("privileges", "it reads, starts and ends runs, and makes keys (admin)"));
        }
        catch (OptimizeProblemException)
        {
            _checks.Add(DoctorCheck.Ok("privileges", _starts switch
            {
                true => "it reads, starts and ends runs (operator)",
                false => "it only reads (viewer)",
                null => "it reads; whether it may start runs shows with the first collection",
            }));
        }
    }

    private static string Words(ServerDocument server) => $"Milvus {server.Version}, generation {server.Generation}";
}
