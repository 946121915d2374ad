using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// Carries out one effect and says what it saw, as a command. It keeps no state; every effect is safe to repeat. The collection is looked up by its id
/// first, because everything else goes by name, and a name may have come to mean another collection.
/// </summary>
internal sealed class EffectRunner(IMilvusGateway gateway)
{
    /// <exception cref="MilvusException">The world failed.</exception>
    public async Task<C.Report> RunAsync(OptimizeEffect effect, RunId run, DateTimeOffset at, CancellationToken ct)
    {
        if (effect is OptimizeEffect.ObserveCompaction o && await Compactions(o.Collection, o.CompactionId, o.Beside, ct) is { } compaction)
        {
            if (compaction.Executing && !(compaction.IsOfNoPlan && o.CompactionId is not null)) return new C.RecordCompaction(at, run, new(compaction, null, false) { Asked = o.Ids() });
            if (o.CompactionId is not null)
                return await WithCollection(o, run, at, async () => new C.RecordCompaction(at, run, new(compaction, await Segments(o, ct), false) { Asked = o.Ids() }), ct);
        }

        return await WithCollection(effect, run, at, () => Look(effect, run, at, ct), ct);
    }

    private async Task<C.Report> WithCollection(OptimizeEffect effect, RunId run, DateTimeOffset at, Func<Task<C.Report>> look, CancellationToken ct)
    {
        var name = effect.Collection;
        var found = await gateway.FindCollectionAsync(name.Database, name.CollectionId, ct)
            ?? await gateway.FindCollectionAsync(name.Database, name.CollectionId, ct);
        if (found is null) return new C.RecordCollectionGone(at, run, await NameTaken(name, ct));
        if (found.Name.Name != name.Name || found.Name.Database != name.Database) return new C.RecordRename(at, run, found.Name.Database, found.Name.Name);
        try
        {
            return await look();
        }
        catch (MilvusException e) when (e.Code == MilvusFailure.CollectionNotFound)
        {
            // It was there a moment ago: the next try finds out whether it is gone or was renamed.
            throw new MilvusException(e.Failure with { Kind = MilvusFailureKind.Transient }, e);
        }
    }

    private async Task<C.Report> Look(OptimizeEffect effect, RunId run, DateTimeOffset at, CancellationToken ct)
    {
        var name = effect.Collection;
        switch (effect)
        {
            case OptimizeEffect.Inspect:
                var server = await gateway.DescribeServerAsync(name.Database, ct);
                var description = await gateway.DescribeCollectionAsync(name.Database, name.Name, ct);
                return new C.RecordInspection(at, run, server, description, await gateway.DescribeIndexesAsync(name, 0, ct));
            case OptimizeEffect.Flush:
                return new C.RecordFlush(at, run, await gateway.FlushAsync(name, ct));
            case OptimizeEffect.ObserveFlush e:
                return new C.RecordFlushState(at, run, await gateway.IsFlushedAsync(name, e.Ticket, ct));
            case OptimizeEffect.AllocateTimestamp:
                return new C.RecordTimestamp(at, run, await gateway.AllocateTimestampAsync(ct));
            case OptimizeEffect.ObserveIndexes e:
                // The segments first: what is made after them is new at the proof.
                var before = await Segments(e, ct);
                return new C.RecordIndexes(at, run, await Indexes(name, e.Timestamp, ct), before, false);
            case OptimizeEffect.ObserveLane e:
                return new C.RecordLane(at, run, await LookAtLane(e, ct) with { Asked = e.Lane.Ids() }, false);
            case OptimizeEffect.ListCandidates e:
                var candidatesListed = await Listed(e, ct);
                return new C.RecordCandidates(at, run, await Segments(e, ct), await GrowingRows(name, ct), await gateway.DescribeLimitsAsync(name, ct), candidatesListed);
            case OptimizeEffect.Reconcile e:
                var listed = await Listed(e, ct);
                var shown = await Tasks(e, listed, ct);
                return new C.RecordReconciliation(at, run, await Segments(e, ct), false, listed) { Tasks = shown };
            case OptimizeEffect.ObserveCompaction e:
                var atWork = await Listed(e, ct);
                var tasks = await Tasks(e, atWork, ct);
                return new C.RecordCompaction(at, run, new(null, await Segments(e, ct), false) { Listed = atWork, Tasks = tasks, Asked = e.Ids() });
            case OptimizeEffect.RefreshLoad:
                return await RefreshLoad(name, run, at, ct);
            case OptimizeEffect.ObserveRefresh:
                return new C.RecordRefresh(at, run, await gateway.GetRefreshProgressAsync(name, ct));
            case OptimizeEffect.Verify e:
                var (standing, serving) = (await Segments(e, ct), await Serving(name, ct));
                return new C.RecordVerification(at, run, standing, serving, serving is { IsEmpty: false } ? await gateway.CountReplicasAsync(name, ct) : 1);
            default:
                throw new InvalidOperationException($"no way to carry out {effect.GetType().Name} is defined");
        }
    }

    /// <summary>A build of a segment that is younger than the timestamp is not in its answer: while rows wait, a newer answer is asked whether one failed.</summary>
    private async Task<ImmutableArray<IndexObservation>> Indexes(CollectionName name, ulong timestamp, CancellationToken ct)
    {
        var seen = await gateway.DescribeIndexesAsync(name, timestamp, ct);
        if (!seen.Any(i => i.PendingRows > 0) || seen.Any(i => i.State != IndexState.Finished)) return seen;
        if (await gateway.AllocateTimestampAsync(ct) is not { } now) return seen;
        var newer = await gateway.DescribeIndexesAsync(name, now, ct);
        return newer.Any(i => i.State == IndexState.Failed) ? newer : seen;
    }

    private async Task<CompactionLook> LookAtLane(OptimizeEffect.ObserveLane e, CancellationToken ct)
    {
        var compaction = await Compactions(e.Collection, e.Lane.CompactionId, e.Lane.Beside, ct);
        var tells = compaction is { Executing: true } or { ExecutingPlans: > 0 } || (compaction is { StateKnown: true } && e.Lane.CompactionId is not null);
        if (tells && !(compaction is { IsOfNoPlan: true } && e.Lane.CompactionId is not null)) return new(compaction, null, false);
        var listed = e.Lane.CompactionId is null ? await Listed(e, ct) : null;
        return new(null, await Segments(e, ct), false) { Listed = listed };
    }

    /// <summary>Always before the segments: what has ended by then shows in them.</summary>
    private async Task<ImmutableArray<ListedCompaction>?> Listed(OptimizeEffect effect, CancellationToken ct) =>
        effect.AsksForList ? await gateway.ListCompactionsAsync(effect.Collection, ct) : null;

    /// <summary>Only where no list with ids tells. Before the segments too.</summary>
    private async Task<ImmutableArray<ListedTask>> Tasks(OptimizeEffect effect, ImmutableArray<ListedCompaction>? listed, CancellationToken ct) =>
        listed is null ? await gateway.ListTasksAsync(effect.Collection, ct) : [];

    /// <summary>All compactions that may run at once, as one; null where no id is known.</summary>
    private async Task<CompactionObservation?> Compactions(CollectionName name, long? id, ImmutableArray<long> beside, CancellationToken ct)
    {
        var seen = new List<CompactionObservation>();
        foreach (var one in id is { } own ? beside.Insert(0, own) : beside) seen.Add(await gateway.GetCompactionAsync(name, one, ct));
        return seen.Count == 0 ? null : CompactionObservation.Together(seen);
    }

    private async Task<C.Report> RefreshLoad(CollectionName name, RunId run, DateTimeOffset at, CancellationToken ct)
    {
        var state = await gateway.GetLoadStateAsync(name, ct);
        if (state == LoadState.Loaded) await gateway.RefreshLoadAsync(name, ct);
        return new C.RecordRefreshStarted(at, run, state == LoadState.Loaded, state == LoadState.Loading);
    }

    private Task<ImmutableArray<SegmentObservation>?> Segments(OptimizeEffect effect, CancellationToken ct) => gateway.ListSegmentsAsync(effect.Collection, ct);

    private async Task<long> GrowingRows(CollectionName name, CancellationToken ct) =>
        (await Serving(name, ct) ?? []).Where(s => s.State == SegmentState.Growing).Sum(s => s.Rows);

    private async Task<ImmutableArray<QuerySegmentObservation>?> Serving(CollectionName name, CancellationToken ct)
    {
        try
        {
            return await gateway.ListQuerySegmentsAsync(name, ct);
        }
        catch (MilvusException e) when (e.Code == MilvusFailure.CollectionNotLoaded)
        {
            return [];
        }
    }

    private async Task<bool> NameTaken(CollectionName name, CancellationToken ct)
    {
        try
        {
            return (await gateway.DescribeCollectionAsync(name.Database, name.Name, ct)).Name.CollectionId != name.CollectionId;
        }
        catch (MilvusException e) when (e.Code is MilvusFailure.CollectionNotFound or MilvusFailure.DatabaseNotFound)
        {
            return false;
        }
    }
}
