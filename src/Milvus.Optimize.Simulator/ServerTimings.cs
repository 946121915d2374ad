namespace Milvus.Optimize.Simulator;

/// <summary>How long the server's work takes, in server time. The defaults are near what a small standalone Milvus 2.3.5 showed.</summary>
public sealed record ServerTimings
{
    private const double SeenAtOnceCompaction = 3;
    private const double SeenLaterCompaction = 0.1;
    private const double SeenAtOnceIndex = 0.5;

    /// <summary>What a plan takes beside its bytes; null is 3, or 0.1 where the server looks only every so often whether it has ended.</summary>
    public double? CompactionOverheadSeconds { get; init; }

    public double CompactionMbPerSecond { get; init; } = 100;

    /// <summary>Plans that run at the same time on the whole server; the others wait and count as executing.</summary>
    public int PlansAtOnce { get; init; } = 2;

    /// <summary>How often the server looks whether plans have ended, 0 at once; null takes what the generation does: every ten seconds on 2.3.</summary>
    public double? PlanLookSeconds { get; init; }

    /// <summary>The same for index builds; every second on 2.3.</summary>
    public double? IndexLookSeconds { get; init; }

    /// <summary>Time in which a new segment has no index record at all.</summary>
    public double IndexRegistrationSeconds { get; init; } = 0.2;

    /// <summary>What an index build takes beside its rows; null is 0.5, or nothing where the server looks only every so often.</summary>
    public double? IndexOverheadSeconds { get; init; }

    public double IndexRowsPerSecond { get; init; } = 100_000;

    /// <summary>From the end of an index build to the moment when query nodes serve the new segment without being asked to.</summary>
    public double HandOverSeconds { get; init; } = 20;

    public double RefreshSeconds { get; init; } = 5;

    public double LoadSeconds { get; init; } = 3.2;

    public double FlushSeconds { get; init; } = 0.4;

    /// <summary>From a row's insert to the earliest moment at which its segment is flushed.</summary>
    public double InsertToFlushSeconds { get; init; } = 2.5;

    /// <summary>Sort compaction of a flushed segment, in the generations that sort.</summary>
    public double SortSeconds { get; init; } = 2;

    /// <summary>From a delete's flush to the L0 compaction that applies it.</summary>
    public double ApplyDeletesSeconds { get; init; } = 10;

    /// <summary>How long a finished plan stays counted where finished plans are cleaned; a server's tick is half a second at most.</summary>
    public double CleanSeconds { get; init; }

    /// <exception cref="ArgumentException">A rate is not above 0, or a duration below it.</exception>
    internal ServerTimings Checked()
    {
        if (CompactionMbPerSecond <= 0 || IndexRowsPerSecond <= 0 || PlansAtOnce <= 0) throw new ArgumentException("rates and plansAtOnce are above 0");
        var durations = (double[])
        [
            CompactionOverheadSeconds ?? 0, IndexRegistrationSeconds, IndexOverheadSeconds ?? 0, HandOverSeconds, RefreshSeconds, LoadSeconds, FlushSeconds, InsertToFlushSeconds,
            SortSeconds, ApplyDeletesSeconds, CleanSeconds, PlanLookSeconds ?? 0, IndexLookSeconds ?? 0,
        ];
        return durations.All(seconds => seconds >= 0) ? this : throw new ArgumentException("no duration is below 0");
    }

    /// <summary>What a plan of so many bytes takes; when the server sees its end is another matter.</summary>
    internal double CompactionSeconds(long bytes, GenerationRules rules) =>
        (CompactionOverheadSeconds ?? (PlanLook(rules) > 0 ? SeenLaterCompaction : SeenAtOnceCompaction)) + bytes / (CompactionMbPerSecond * 1024 * 1024);

    internal double IndexSeconds(long rows, GenerationRules rules) =>
        (IndexOverheadSeconds ?? (IndexLook(rules) > 0 ? 0 : SeenAtOnceIndex)) + rows / IndexRowsPerSecond;

    internal double PlanLook(GenerationRules rules) => PlanLookSeconds ?? rules.PlanLookSeconds;

    internal double IndexLook(GenerationRules rules) => IndexLookSeconds ?? rules.IndexLookSeconds;
}
