using Milvus.Optimize.Simulator.Planning;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>The life of compaction plans: asked for, waiting, executing, and one of several ends.</summary>
internal sealed class Compactions(World world)
{
    // dataCoord.compaction.mix.triggerInterval.
    private const double AutoCompactionIntervalSeconds = 60;

    private readonly CompactionPlanner _planner = new(world);
    private readonly CompactionProducts _products = new(world);

    /// <summary>Called when the last plan of a compaction in a collection has ended, with all of its plans there.</summary>
    public Action<IReadOnlyList<CompactionTask>>? Ended { get; set; }

    /// <summary>Called when the server began plans that no client asked for.</summary>
    public Action<IReadOnlyList<CompactionTask>>? StartedByItself { get; set; }

    private WorldState State => world.State;

    public IEnumerable<CompactionTask> Of(long compactionId)
    {
        RequireEnabled();
        return compactionId == 0 && world.Rules.CompactionIdZeroMeansAll ? State.Tasks : State.Tasks.Where(task => task.TriggerId == compactionId);
    }

    /// <summary>The plans on record of a collection, whoever asked for them.</summary>
    public IEnumerable<CompactionTask> OfCollection(long collectionId)
    {
        RequireEnabled();
        return State.Tasks.Where(task => task.CollectionId == collectionId);
    }

    /// <summary>Manual compactions of the collection that run now.</summary>
    public int RunningManual(long collectionId) =>
        State.Tasks.Where(task => task.IsLive && !task.IsForeign && task.CollectionId == collectionId).Select(task => task.TriggerId).Distinct().Count();

    /// <summary>In bytes; what grows is sealed when it is as large, and plain compaction makes none that is larger.</summary>
    public long LargestSegment(Collection collection) => _planner.ConfigMaxBytes(collection);

    /// <summary>Nothing is created unless every collection accepts the target.</summary>
    public CompactionTrigger Trigger(IReadOnlyList<Collection> collections, CompactionAsk ask)
    {
        if (world.Rules.IsLite) return new CompactionTrigger(0, []);
        RequireEnabled();
        foreach (var collection in collections) _planner.RequireOwnRows(collection);
        var targets = collections.ToDictionary(collection => collection.Id, collection => _planner.Target(collection, ask.TargetSize));
        foreach (var collection in collections.Where(collection => targets[collection.Id] is not null)) _planner.RequireSnapshots(collection);
        var triggerId = world.NewId();
        var plans = collections
            .SelectMany(collection => EnqueueAll(collection, triggerId, _planner.Plan(collection, targets[collection.Id], ask), isForeign: false))
            .ToList();
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
        var packs = CompactionPlanner.Groups(busy).SelectMany(group => FirstFit.Plan(group, long.MaxValue));
        EnqueueAll(collection, triggerId, [.. packs], isForeign: true, duration);
        StartWaiting();
    }

    /// <summary>New segments came; some time later the server looks whether they are small enough to go together.</summary>
    public void SegmentsCame(long collectionId) => LookAfter(collectionId, world.Rules.AutoCompactionSeconds);

    /// <summary>Again and again while there are enough of them: what is busy or has no index yet, and what a failed plan gives back, is found by a later look.</summary>
    public void LookForSmallSegments(long collectionId)
    {
        State.LookedAfter.Remove(collectionId);
        if (world.Rules.IsLite || world.Catalog.ById(collectionId) is not { } collection) return;
        var isOn = world.Settings.AutoCompaction && world.Settings.EnableCompaction && collection.Properties.GetValueOrDefault("collection.autocompaction.enabled") != "false";
        var plans = isOn ? EnqueueAll(collection, world.NewId(), _planner.PlanAutomatic(collection), isForeign: true) : [];
        if (isOn && _planner.HasEnoughSmall(collection)) LookAfter(collectionId, AutoCompactionIntervalSeconds);
        StartWaiting();
        if (plans.Count > 0) StartedByItself?.Invoke(plans);
    }

    private void LookAfter(long collectionId, double seconds)
    {
        if (State.LookedAfter.Add(collectionId)) world.Schedule(TimeSpan.FromSeconds(seconds), new AutoCompactionLooks(collectionId));
    }

    public void End(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is not { IsLive: true } task) return;
        if (world.Faults.TakeFor<PlanRetried>(task.Collection) is not null)
        {
            task.State = CompactionTaskState.Pipelining;
            StartWaiting();
            return;
        }

        var fault = world.Faults.TakeFor<PlanFailed>(task.Collection);
        if (world.Catalog.ById(task.CollectionId) is not { } collection) Fail(task, $"collection not found[collection={task.CollectionId}]");
        else if (!collection.Partitions.Exists(partition => partition.Id == task.PartitionId)) Fail(task, $"partition not found[partition={task.PartitionId}]");
        else if (fault is not null) Fail(task, fault.Reason);
        else if (_planner.HoldsBack && _products.SourcesOf(task).Any(segment => segment.IsProtected)) Fail(task, Refusals.BlockedBySnapshot(task.CollectionId).Message);
        else _products.Succeed(task, collection);

        task.EndedAt = world.Now;
        // Where finished tasks are cleaned by the next tick, no counter shows for long how they ended.
        if (!world.Rules.CountsFinishedPlans && !world.Rules.SendsPlanDetails)
        {
            if (world.Timings.CleanSeconds > 0) world.Schedule(TimeSpan.FromSeconds(world.Timings.CleanSeconds), new PlanIsCleaned(planId));
            else task.State = CompactionTaskState.Cleaned;
        }

        StartWaiting();
        Announce(task);
        if (world.Faults.TakeFor<MetadataLost>(task.Collection) is not null) Remove(task);
        _products.Prune(task.CollectionId);
    }

    public void Clean(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is { IsLive: false } task) task.State = CompactionTaskState.Cleaned;
    }

    /// <summary>The plan is gone as if it had never been; only its sources tell.</summary>
    public void Forget(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is not { } task) return;
        Free(task);
        Remove(task);
        State.Timeline.RemoveAll(happening => happening is PlanEnds h && h.PlanId == planId);
        StartWaiting();
    }

    /// <summary>The moment of an armed <see cref="PlanForgotten"/>, which is used up by this and by nothing before: a restart on the way leaves it.</summary>
    public void Vanish(long planId)
    {
        if (State.Tasks.Find(task => task.PlanId == planId) is { IsLive: true } task && world.Faults.TakeFor<PlanForgotten>(task.Collection) is not null) Forget(planId);
    }

    public void ForgetAll(string? collection)
    {
        foreach (var task in State.Tasks.Where(task => task.IsLive && (collection is null || task.Collection.IsMeantBy(collection))).ToList())
            Forget(task.PlanId);
    }

    /// <summary>What plans are about is gone. Old servers let them run into that and count them as failed; new ones forget them.</summary>
    public void Dropped(Func<CompactionTask, bool> about)
    {
        if (world.Rules.DropFailsTasks) return;
        foreach (var task in State.Tasks.Where(about).ToList()) Forget(task.PlanId);
    }

    public void Restart()
    {
        State.Timeline.RemoveAll(happening => happening is PlanEnds or PlanVanishes or OldRecordsGo or AutoCompactionLooks);
        foreach (var collection in State.LookedAfter) world.Schedule(TimeSpan.FromSeconds(AutoCompactionIntervalSeconds), new AutoCompactionLooks(collection));
        if (!world.Rules.RestartKeepsTasks)
        {
            foreach (var task in State.Tasks.Where(task => task.IsLive).ToList())
            {
                Free(task);
                Remove(task);
            }

            State.Tasks.Clear();
            return;
        }

        if (State.Tasks.Count > 0) ScheduleCollection();
        // The worker died with the server: what it had done is lost and each plan starts anew.
        foreach (var task in State.Tasks.Where(task => task.IsLive))
        {
            task.State = CompactionTaskState.Pipelining;
            task.StartedAt = null;
        }

        StartWaiting();
    }

    /// <summary>Records older than the tolerance, counted from their start: a long compaction loses its first plans before its last one ends (#53396).</summary>
    public void CollectOldRecords()
    {
        var oldest = Tso.At(world.Now - TimeSpan.FromSeconds(world.Settings.DropToleranceSeconds ?? world.Rules.DropToleranceSeconds));
        foreach (var task in State.Tasks.Where(task => !task.IsLive && task.CreatedAt < oldest).ToList()) Remove(task);
        if (State.Tasks.Count > 0) ScheduleCollection();
    }

    /// <summary>Lite has no such setting: it takes every call and compacts nothing.</summary>
    private void RequireEnabled()
    {
        if (!world.Rules.IsLite && !world.Settings.EnableCompaction) throw Refusals.CompactionDisabled();
    }

    /// <summary>What cannot be queued is only a line in the server's own log: the caller sees fewer plans.</summary>
    private List<CompactionTask> EnqueueAll(Collection collection, long triggerId, IReadOnlyList<Pack> packs, bool isForeign, TimeSpan? duration = null) =>
    [
        .. packs
            .Where(_ => isForeign || world.Faults.TakeFor<EnqueueFailed>(collection.Named) is null)
            .Select(pack => Enqueue(collection, triggerId, pack, isForeign, duration)),
    ];

    private CompactionTask Enqueue(Collection collection, long triggerId, Pack pack, bool isForeign, TimeSpan? duration)
    {
        var first = world.Segment(pack.Inputs[0].SegmentId)!;
        foreach (var input in pack.Inputs) world.Segment(input.SegmentId)!.IsCompacting = true;
        if (State.Tasks.Count == 0) ScheduleCollection();
        var task = new CompactionTask
        {
            PlanId = world.NewId(),
            TriggerId = triggerId,
            CollectionId = collection.Id,
            Database = collection.Database,
            CollectionName = collection.Name,
            PartitionId = first.PartitionId,
            Channel = first.Channel,
            IsL0 = first.Level == SegmentLevel.L0,
            Sources = [.. pack.Inputs.Select(input => input.SegmentId)],
            Outputs = pack.Outputs,
            MaxBytes = pack.MaxBytes,
            CreatedAt = world.NewTimestamp(),
            Duration = duration,
            IsForeign = isForeign,
        };
        State.Tasks.Add(task);
        return task;
    }

    /// <summary>One at a time: it goes on by itself, also when the records that it was for are gone before.</summary>
    private void ScheduleCollection()
    {
        if (!State.Timeline.Any(happening => happening is OldRecordsGo)) world.Schedule(TimeSpan.FromSeconds(world.Settings.GcIntervalSeconds), new OldRecordsGo());
    }

    private void StartWaiting()
    {
        var free = world.Timings.PlansAtOnce - State.Tasks.Count(task => task.State == CompactionTaskState.Executing);
        foreach (var task in State.Tasks.Where(task => task.State == CompactionTaskState.Pipelining).Take(Math.Max(0, free)).ToList())
        {
            task.State = CompactionTaskState.Executing;
            task.StartedAt = world.Now;
            // What a test or a scenario gave a duration lasts exactly that long.
            var duration = task.Duration ?? TimeSpan.FromSeconds(world.Timings.CompactionSeconds(_products.SourcesOf(task).Sum(segment => segment.Bytes), world.Rules));
            var seenAfter = task.Duration ?? world.SeenAt(world.Now + duration, world.Timings.PlanLook(world.Rules)) - world.Now;
            world.Schedule(seenAfter, new PlanEnds(task.PlanId));
            if (world.Faults.IsArmedFor<PlanForgotten>(task.Collection))
                world.Schedule(duration / 2, new PlanVanishes(task.PlanId));
        }
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
        foreach (var segment in _products.SourcesOf(task)) segment.IsCompacting = false;
    }

    /// <summary>The record goes. What the plan did, if it has ended, is still to stand in the line of its compaction's end, which may be now.</summary>
    private void Remove(CompactionTask task)
    {
        State.Tasks.Remove(task);
        if (task.IsLive) Announce(task);
        else if (State.Tasks.Exists(one => one.IsLive && IsSibling(one, task))) State.Unrecorded.Add(task);
    }

    /// <summary>Plans that vanished while they ran did nothing, so nothing is said of them.</summary>
    private void Announce(CompactionTask gone)
    {
        if (State.Tasks.Exists(task => task.IsLive && IsSibling(task, gone))) return;
        var siblings = State.Tasks.Concat(State.Unrecorded).Where(task => IsSibling(task, gone)).OrderBy(task => task.PlanId).ToList();
        State.Unrecorded.RemoveAll(task => IsSibling(task, gone));
        if (siblings.Count > 0) Ended?.Invoke(siblings);
    }

    private static bool IsSibling(CompactionTask one, CompactionTask other) => one.TriggerId == other.TriggerId && one.CollectionId == other.CollectionId;
}
