using System.Globalization;
using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Looks at a node that listens, and through it at its Milvus clusters. Nothing is changed and no run is woken.</summary>
internal sealed class ServerDoctor(HttpClient http, TimeProvider time)
{
    private readonly HttpOptimizeRuns _runs = new(http);
    private readonly List<DoctorCheck> _checks = [];

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
        try
        {
            var clusters = await _runs.ClustersAsync(cancellationToken);
            _checks.Add(DoctorCheck.Ok("key", "it may read"));
            if (clusters.IsEmpty) _checks.Add(DoctorCheck.Warn("clusters", "the server knows no Milvus, or this key is for none of them"));
            foreach (var cluster in clusters) await ClusterAsync(cluster, cancellationToken);
        }
        catch (OptimizeProblemException e)
        {
            _checks.Add(DoctorCheck.Fail("key", $"{e.Message} (--api-key, {PlaceOptions.KeyVariable})", ExitCodes.Of(e.Problem)));
        }
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
            if (page.Collections.IsDefaultOrEmpty) _checks.Add(DoctorCheck.Ok(name, "it answers, and has no collection that this key may see"));
            else if (page.Collections[0] is { Trouble: { } trouble }) _checks.Add(DoctorCheck.Fail(name, trouble, ExitCode.NoServer));
            else _checks.Add(await VersionAsync(name, new(new(cluster.Name), page.Collections[0].Database, page.Collections[0].Name), cancellationToken));
        }
        catch (OptimizeProblemException e)
        {
            _checks.Add(DoctorCheck.Fail(name, e.Message, ExitCodes.Of(e.Problem)));
        }
    }

    // Only a plan tells the version, and a plan is for those who may start.
    private async Task<DoctorCheck> VersionAsync(string name, CollectionRef collection, CancellationToken cancellationToken)
    {
        try
        {
            var plan = await _runs.PlanAsync(collection, cancellationToken);
            return DoctorCheck.Ok(name, string.Create(CultureInfo.InvariantCulture, $"it answers: Milvus {plan.Server.Version}, generation {plan.Server.Generation}; this key may start runs"));
        }
        catch (OptimizeProblemException e) when (e.Problem.Code == OptimizeProblem.PermissionDenied)
        {
            return DoctorCheck.Ok(name, "it answers; this key only reads, so its version is not told");
        }
    }
}
