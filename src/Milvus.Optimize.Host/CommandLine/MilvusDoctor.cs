using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Looks at a Milvus and changes nothing: can it be reached, what is it, what may these credentials read, what time has it.</summary>
internal sealed class MilvusDoctor(IMilvusGateway gateway, string address, TimeProvider time)
{
    private const int LogicalBits = 18;
    private readonly List<DoctorCheck> _checks = [];

    public async Task<IReadOnlyList<DoctorCheck>> ExamineAsync(string database, CancellationToken cancellationToken)
    {
        if (await DescribeAsync(database, cancellationToken) is not { } server) return _checks;
        _checks.Add(DoctorCheck.Ok("milvus", $"{address} answers"));
        _checks.Add(DoctorCheck.Ok("version", server.Version));
        _checks.Add(Generation(server.Generation));
        await PrivilegesAsync(database, cancellationToken);
        await ClockAsync(cancellationToken);
        return _checks;
    }

    private static DoctorCheck Generation(GenerationRange range)
    {
        var text = RunDocuments.Server(new("", range)).Generation;
        return range switch
        {
            { IsLite: true } => DoctorCheck.Warn("generation", "Milvus Lite never compacts: a run ends SucceededNoWork"),
            { Oldest: null } => DoctorCheck.Warn("generation", "the version says nothing of it: what the server can do is found out run by run"),
            { IgnoresTargetSize: true } => DoctorCheck.Warn("generation", $"{text}: the server ignores --target-size and merges plainly"),
            _ => DoctorCheck.Ok("generation", text),
        };
    }

    private async Task<ServerDescription?> DescribeAsync(string database, CancellationToken cancellationToken)
    {
        try
        {
            return await gateway.DescribeServerAsync(database, cancellationToken);
        }
        catch (MilvusException e)
        {
            var code = MilvusAnswer.CodeOf(e.Failure);
            var advice = code switch
            {
                OptimizeProblem.Unauthenticated => " (--token, --user, MILVUS_TOKEN)",
                OptimizeProblem.MilvusUnavailable => " (--milvus or MILVUS_URI names the address; is it up, and does a firewall or TLS stand between?)",
                _ => "",
            };
            _checks.Add(DoctorCheck.Fail(code == OptimizeProblem.PermissionDenied ? "privileges" : "milvus", $"{address}: {e.Message}{advice}", ExitCodes.Of(new OptimizeProblem(code, ""))));
            return null;
        }
    }

    // What a run reads, in its order, on the first collection that is there. To merge, flush or refresh only to see whether one may would change something.
    private async Task PrivilegesAsync(string database, CancellationToken cancellationToken)
    {
        var denied = new List<string>();
        var collections = await TryAsync("list collections", () => gateway.ListCollectionsAsync(database, cancellationToken), denied);
        if (collections is { IsDefaultOrEmpty: false } all)
        {
            var name = all[0];
            await TryAsync($"describe {name.Name}", () => gateway.DescribeCollectionAsync(name.Database, name.Name, cancellationToken), denied);
            await TryAsync($"describe the indexes of {name.Name}", () => gateway.DescribeIndexesAsync(name, 0, cancellationToken), denied);
            await TryAsync($"list the segments of {name.Name}", () => gateway.ListSegmentsAsync(name, cancellationToken), denied);
            await TryAsync($"list what serves {name.Name}", () => gateway.ListQuerySegmentsAsync(name, cancellationToken), denied);
            await TryAsync($"see whether {name.Name} is loaded", () => gateway.GetLoadStateAsync(name, cancellationToken), denied);
        }

        _checks.Add(denied.Count > 0
            ? DoctorCheck.Fail("privileges", $"these credentials may not {string.Join("; ", denied)}", ExitCode.RunFailed)
            : DoctorCheck.Ok("privileges", collections is { IsDefaultOrEmpty: false }
                ? "all that a run reads; whether they may compact, flush and load shows with the first run alone"
                : $"database {database} has no collection that could be read"));
    }

    private static async Task<T?> TryAsync<T>(string what, Func<Task<T>> ask, List<string> denied)
    {
        try
        {
            return await ask();
        }
        catch (MilvusException e) when (e.Failure.Kind != MilvusFailureKind.NotSupported && e.Code is not (MilvusFailure.IndexNotFound or MilvusFailure.CollectionNotLoaded))
        {
            denied.Add($"{what} ({e.Message})");
            return default;
        }
        catch (MilvusException)
        {
            return default;
        }
    }

    private async Task ClockAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = time.GetUtcNow();
            if (await gateway.AllocateTimestampAsync(cancellationToken) is not { } hybrid) return;
            var blur = time.GetUtcNow() - before;
            var server = DateTimeOffset.FromUnixTimeMilliseconds((long)(hybrid >> LogicalBits));
            _checks.Add(DoctorCheck.Clock(server - before - (blur / 2), blur + TimeSpan.FromMilliseconds(100)));
        }
        catch (MilvusException e)
        {
            _checks.Add(DoctorCheck.Warn("clock", $"the server gives no timestamp: {e.Message}"));
        }
    }
}
