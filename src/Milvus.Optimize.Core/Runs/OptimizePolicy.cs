namespace Milvus.Optimize.Core.Runs;

/// <summary>The limits the decisions keep to.</summary>
public sealed record OptimizePolicy
{
    public static OptimizePolicy Default { get; } = new();

    /// <summary>Force merges inside one run. Default 5.</summary>
    public int MaxRounds { get; init; } = 5;

    /// <summary>
    /// How long a run waits for segments that a round left out to become free, before it merges once more or gives them up. Each merge rewrites
    /// everything, so that waiting costs less than trying. Default 10 min.
    /// </summary>
    public TimeSpan LeftOutPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Triggers of one round whose outcome may stay unknown before a person must decide. Default 2: the first and one more.</summary>
    public int MaxUnknownAttempts { get; init; } = 2;

    /// <summary>Merges that the server may forget before the run fails. Default 2: the first and one more.</summary>
    public int MaxLostMerges { get; init; } = 2;

    /// <summary>
    /// How long nothing must have changed before a compaction is over that the server calls executing for ever: it names no plan of it, and all segments of
    /// it are gone. Default 10 min.
    /// </summary>
    public TimeSpan NoPlanPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Times that the indexes are waited for again because others replaced segments before the proof; then the run ends with a warning.</summary>
    public int MaxReplacements { get; init; } = 5;

    /// <summary>Tries that start nothing, with the same segments, before the rest counts as out of reach. Default 3.</summary>
    public int MaxFruitlessTries { get; init; } = 3;

    /// <summary>Time these tries span at least. Default 10 min.</summary>
    public TimeSpan FruitlessWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The pause after so many tries; it doubles with each further one that starts nothing. Default 1 min.</summary>
    public TimeSpan BusyPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest such pause. Default 15 min.</summary>
    public TimeSpan MaxBusyPause { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Rows pending this long behind finished indexes, while new segments appear, are steady ingest. Default 10 min.</summary>
    public TimeSpan IngestPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long to wait for the server to sort flushed segments. Default 10 min.</summary>
    public TimeSpan SortPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the load refresh may take before it is a warning. Default 10 min.</summary>
    public TimeSpan RefreshPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the query nodes may serve something else before it is a warning. Default 2 min.</summary>
    public TimeSpan QueryViewPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a key is known after the end of its run. Default 7 days.</summary>
    public TimeSpan KeyRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Keys one collection remembers at most. Default 1,024.</summary>
    public int MaxKeys { get; init; } = 1024;
}
