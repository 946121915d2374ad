using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>The life of compaction plans: asked for, waiting, executing, and one of several ends.</summary>
internal sealed class Compactions(World world)
{
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    private readonly CompactionPlanner _planner = new(world.Rules);

    /// <summary>Called when the last plan of a compaction in a collection has ended, with all of its plans there.</summary>
    public Action<IReadOnlyList<CompactionTask>>? Ended { get; set; }

    private WorldState State => world.State;

    public IEnumerable<CompactionTask> Of(long compactionId) =>
        compactionId == 0 && world.Rules.CompactionIdZeroMeansAll ? State.Tasks : State.Tasks.Where(task => task.TriggerId == compactionId);

    /// <summary>Manual compactions of the collection that run now.</summary>
    public int RunningManual(long collectionId) =>
        State.Tasks.Where(task => task.IsLive && !task.IsForeign && task.CollectionId == collectionId).Select(task => task.TriggerId).Distinct().Count();

    /// <summary>Nothing is created unless every collection accepts the target.</summary>
    public CompactionTrigger Trigger(IReadOnlyList<Collection> collections, long targetSize)
    {
        if (world.Rules.IsLite) return new CompactionTrigger(0, []);
        var forceMerge = _planner.IsForceMerge(targetSize);
        var capacities = collections.ToDictionary(collection => collection.Id, collection => _planner.Capacity(collection, targetSize));
        var triggerId = world.NewId();
        var plans = new List<CompactionTask>();
        foreach (var collection in collections)
        {
            var candidates = world.SegmentsOf(collection.Id).Where(segment => _planner.IsCandidate(collection, segment, forceMerge)).ToList();
            plans.AddRange(CompactionPlanner.Packs(candidates, capacities[collection.Id]).Select(pack => Enqueue(collection, triggerId, pack)));
        }

        StartWaiting();
        if (plans.Count > 0 || world.Rules.NothingToDo == NothingToDo.PositiveId) return new CompactionTrigger(triggerId, plans);
        return new CompactionTrigger(world.Rules.NothingToDo == NothingToDo.MinusOne ? -1 : 0, plans);
    }

    /// <summary>Somebody else's work: it makes segments busy under an id that no client was told.</summary>
    public void StartForeign(Collection collection, TimeSpan duration, int? segments)
    {
        var busy = world.SegmentsOf(collection.Id)
            .Where(segment => segment.IsFlushed && !segment.IsCompacting && segment.Level != SegmentLevel.L0)
            .Take(segments ?? int.MaxValue).ToList();
        var triggerId = world.NewId();
        foreach (var pack in CompactionPlanner.Packs(busy, long.MaxValue)) Enqueue(collection, triggerId, pack, duration, isForeign: true);
        StartWaiting();
    }

    public void End(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is not { IsLive: true } task) return;
        var collection = world.Catalog.ById(task.CollectionId);
        var fault = world.Faults.TakeFor<PlanFailed>(task.CollectionName);
        if (collection is null) Fail(task, $"collection not found[collection={task.CollectionId}]");
        else if (fault is not null) Fail(task, fault.Reason);
        else Succeed(task);

        // Where finished tasks are cleaned in the same tick, no counter ever shows how they ended.
        if (!world.Rules.CountsFinishedPlans && !world.Rules.SendsPlanDetails) task.State = CompactionTaskState.Cleaned;
        StartWaiting();
        Announce(task);
        Prune(task.CollectionId);
    }

    /// <summary>The plan is gone as if it had never been; only its sources tell.</summary>
    public void Forget(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is not { } task) return;
        Free(task);
        State.Tasks.Remove(task);
        State.Timeline.RemoveAll(happening => happening is PlanEnds h && h.PlanId == planId);
        StartWaiting();
    }

    public void ForgetAll(string? collection)
    {
        foreach (var task in State.Tasks.Where(task => task.IsLive && (collection is null || task.CollectionName == collection)).ToList())
            Forget(task.PlanId);
    }

    public void CollectionDropped(long collectionId)
    {
        // Old servers let the plan run into a collection that is gone and count it as failed; new ones forget it.
        if (world.Rules.DropFailsTasks) return;
        foreach (var task in State.Tasks.Where(task => task.CollectionId == collectionId).ToList()) Forget(task.PlanId);
    }

    public void Restart()
    {
        State.Timeline.RemoveAll(happening => happening is PlanEnds or PlanVanishes);
        if (!world.Rules.RestartKeepsTasks)
        {
            foreach (var task in State.Tasks) Free(task);
            State.Tasks.Clear();
            return;
        }

        // The worker died with the server: what it had done is lost and each plan starts anew.
        foreach (var task in State.Tasks.Where(task => task.IsLive))
        {
            task.State = CompactionTaskState.Pipelining;
            task.StartedAt = null;
        }

        StartWaiting();
    }

    private CompactionTask Enqueue(Collection collection, long triggerId, IReadOnlyList<Segment> pack, TimeSpan? duration = null, bool isForeign = false)
    {
        foreach (var segment in pack) segment.IsCompacting = true;
        var task = new CompactionTask
        {
            PlanId = world.NewId(),
            TriggerId = triggerId,
            CollectionId = collection.Id,
            CollectionName = collection.Name,
            PartitionId = pack[0].PartitionId,
            Channel = pack[0].Channel,
            Sources = [.. pack.Select(segment => segment.Id)],
            CreatedAt = world.NewTimestamp(),
            Duration = duration,
            IsForeign = isForeign,
        };
        State.Tasks.Add(task);
        return task;
    }

    private void StartWaiting()
    {
        var free = world.Timings.PlansAtOnce - State.Tasks.Count(task => task.State == CompactionTaskState.Executing);
        foreach (var task in State.Tasks.Where(task => task.State == CompactionTaskState.Pipelining).Take(Math.Max(0, free)).ToList())
        {
            task.State = CompactionTaskState.Executing;
            task.StartedAt = world.Now;
            var duration = task.Duration ?? world.Timings.Compaction(Sources(task).Sum(segment => segment.Bytes));
            world.Schedule(duration, new PlanEnds(task.PlanId));
            if (world.Faults.TakeFor<PlanForgotten>(task.CollectionName) is not null)
                world.Schedule(duration / 2, new PlanVanishes(task.PlanId));
        }
    }

    private void Succeed(CompactionTask task)
    {
        var sources = Sources(task).ToList();
        var merged = new Segment
        {
            Id = world.NewId(),
            CollectionId = task.CollectionId,
            PartitionId = task.PartitionId,
            Channel = task.Channel,
            Rows = sources.Sum(segment => segment.Rows),
            Bytes = sources.Sum(segment => segment.Bytes),
            IsSorted = world.Rules.SortsAfterFlush || sources.TrueForAll(segment => segment.IsSorted),
            LastExpireTime = task.CreatedAt,
            CompactionFrom = [.. task.Sources],
        };
        foreach (var source in sources)
        {
            source.State = SegmentState.Dropped;
            source.IsCompacting = false;
        }

        State.Segments.Add(merged);
        task.Targets.Add(merged.Id);
        task.State = CompactionTaskState.Completed;
        world.Indexes.AnnounceSegment(merged);
    }

    private void Fail(CompactionTask task, string reason)
    {
        Free(task);
        task.HasFailed = true;
        task.FailureReason = reason;
        task.State = CompactionTaskState.Failed;
    }

    private void Free(CompactionTask task)
    {
        if (!task.IsLive) return;
        foreach (var segment in Sources(task)) segment.IsCompacting = false;
    }

    private void Announce(CompactionTask ended)
    {
        var siblings = State.Tasks.Where(task => task.TriggerId == ended.TriggerId && task.CollectionId == ended.CollectionId).ToList();
        if (!siblings.Exists(task => task.IsLive)) Ended?.Invoke(siblings);
    }

    private IEnumerable<Segment> Sources(CompactionTask task) => task.Sources.Select(world.Segment).OfType<Segment>();

    /// <summary>Drops task records past their retention, and dropped segments that no view and no lineage needs any more.</summary>
    private void Prune(long collectionId)
    {
        var oldest = Tso.At(world.Now - Retention);
        State.Tasks.RemoveAll(task => !task.IsLive && task.CreatedAt < oldest);
        var needed = world.SegmentsOf(collectionId).Where(segment => segment.State != SegmentState.Dropped).SelectMany(segment => segment.CompactionFrom)
            .Concat(world.Catalog.ById(collectionId)?.QuerySegments ?? [])
            .ToHashSet();
        State.Segments.RemoveOf(collectionId, segment =>
            segment.State == SegmentState.Dropped && !segment.IsCompacting && !needed.Contains(segment.Id));
    }
}
