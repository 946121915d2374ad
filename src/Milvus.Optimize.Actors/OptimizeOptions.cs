using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors;

/// <summary>Settings of the optimizer, section <c>Milvus:Optimize</c>. Every time has a default that suits production.</summary>
public sealed record OptimizeOptions
{
    // Copies: .NET's binder writes into the value that it finds.

    /// <summary>The limits that decisions keep to.</summary>
    public OptimizePolicy Policy { get; init; } = OptimizePolicy.Default with { };

    /// <summary>Budgets of a trigger; their sum is W. Default 40 s in all.</summary>
    public SendBudgets Budgets { get; init; } = SendBudgets.Default with { };

    /// <summary>A run without a change for this long ends. Default 6 h.</summary>
    public TimeSpan NoProgressLimit { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Segments that do not change for this long after a compaction are its outcome. Default 10 s.</summary>
    public TimeSpan SettleWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The same for a merge whose id is not known, where nobody can ask the server whether a plan still runs. Default 30 min: longer than a plan takes.
    /// </summary>
    public TimeSpan QuietWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>First pause after a failed step; doubles up to <see cref="MaxRetryPause"/>. Default 500 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Default 15 s.</summary>
    public TimeSpan MaxRetryPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>First pause after a trigger that started nothing; doubles up to a minute. Default 5 s.</summary>
    public TimeSpan FruitlessPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Pause before a merge that the server forgot is asked for again. Default 90 s: a restarted Milvus still counts the data node of its earlier life for
    /// its session's time to live (60 s on 2.3.5), gives it the plan, and fails that plan.
    /// </summary>
    public TimeSpan LostMergePause { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a step other than the trigger may take before it counts as lost. Default 2 min.</summary>
    public TimeSpan EffectBudget { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Reads a second that all runs of this node share per Milvus cluster; starts, which look at the collection once, have as many of their own. Default 50.</summary>
    public int ReadsPerSecond { get; init; } = 50;

    /// <summary>Triggers that this node has under way at once; the others wait for their turn before they take the right to send. Default 4.</summary>
    public int MaxTriggers { get; init; } = 4;

    /// <summary>A collection's actor that was stopped by a failure is started again after this, doubling up to 30 s. Default 1 s.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A write to the journal that hangs for this long stops its actor. Default 60 s.</summary>
    public TimeSpan PersistLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that may wait for one collection; one more is told to come again later. Default 1,000.</summary>
    public int MaxOpenRequests { get; init; } = 1000;

    /// <summary>A collection that has had nothing to do for this long, since its start too, is stopped until somebody asks for it. Default 2 min.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// In a cluster: what a node does that stood still or was shut out, when others have perhaps taken its collections over. Its triggers and all else that
    /// changes Milvus are held back in either case. Default <see cref="FenceAction.TerminateActorSystem"/>; <c>milvus-optimize node</c> kills its process.
    /// </summary>
    public FenceAction FenceAction { get; init; } = FenceAction.TerminateActorSystem;

    /// <summary>In a cluster: a process that was not run for longer than this has stood still. Below the time after which others take over. Default 5 s.</summary>
    public TimeSpan PauseLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Wake unfinished runs when the actor system starts. Default true.</summary>
    public bool WakeAtStart { get; init; } = true;

    /// <summary>Id of the journal plugin that the collections use. Default that of <c>WithOptimizeStorage</c>; empty takes the actor system's default journal.</summary>
    public string JournalPluginId { get; init; } = OptimizePlugins.Journal;

    /// <summary>The same for their snapshots.</summary>
    public string SnapshotPluginId { get; init; } = OptimizePlugins.Snapshots;

    /// <summary>Give the counters of runs a label with the collection, the first 1,000 of them by name. Default false: most metrics stores bear few labels.</summary>
    public bool CollectionMetrics { get; init; }

    /// <summary>Start although the journal lives in memory and forgets everything. For tests. Default false.</summary>
    public bool AllowVolatileJournal { get; init; }

    /// <exception cref="ArgumentException">A value cannot work; the text says which and why.</exception>
    public void Validate()
    {
        Positive(NoProgressLimit, nameof(NoProgressLimit));
        Positive(RetryPause, nameof(RetryPause));
        Positive(EffectBudget, nameof(EffectBudget));
        Positive(PersistLimit, nameof(PersistLimit));
        Positive(IdleTime, nameof(IdleTime));
        foreach (var (name, budget) in new[] { (nameof(Budgets.SendWithin), Budgets.SendWithin), (nameof(Budgets.CallTimeout), Budgets.CallTimeout), (nameof(Budgets.TcpUserTimeout), Budgets.TcpUserTimeout), (nameof(Budgets.ServerDeadline), Budgets.ServerDeadline), (nameof(Budgets.Margin), Budgets.Margin) })
            Positive(budget, $"{nameof(Budgets)}.{name}");
        if (PauseLimit < TimeSpan.FromSeconds(1)) throw new ArgumentException($"{nameof(PauseLimit)} must be at least 1 s, not {PauseLimit}: a busy machine pauses a thread for less");
        if (MaxTriggers < 1) throw new ArgumentException($"{nameof(MaxTriggers)} must be at least 1, not {MaxTriggers}");
        if (MaxOpenRequests < 1) throw new ArgumentException($"{nameof(MaxOpenRequests)} must be at least 1, not {MaxOpenRequests}");
        if (ReadsPerSecond < 1) throw new ArgumentException($"{nameof(ReadsPerSecond)} must be at least 1, not {ReadsPerSecond}");
        if (MaxRetryPause < RetryPause) throw new ArgumentException($"{nameof(MaxRetryPause)} must not be below {nameof(RetryPause)}");
        if (NoProgressLimit <= LostMergePause) throw new ArgumentException($"{nameof(NoProgressLimit)} must be above {nameof(LostMergePause)} ({LostMergePause})");
        if (NoProgressLimit <= Budgets.Total) throw new ArgumentException($"{nameof(NoProgressLimit)} must be above W, the sum of the budgets ({Budgets.Total})");
    }

    private static void Positive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero) throw new ArgumentException($"{name} must be positive, not {value}");
    }
}

/// <summary>How a node ends that must not act any more.</summary>
public enum FenceAction
{
    /// <summary>The actor system ends; the process stays, for an embedder's own sake.</summary>
    TerminateActorSystem,

    /// <summary>SIGKILL, at once. Needs somebody who starts the process again: systemd, Kubernetes.</summary>
    KillProcess,
}
