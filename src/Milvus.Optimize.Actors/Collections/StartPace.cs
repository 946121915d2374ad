namespace Milvus.Optimize.Actors.Collections;

/// <summary>Spreads the first steps after a node's start: all runs of a node that begin at once would ask Milvus at once.</summary>
internal sealed class StartPace(Random random)
{
    private static readonly TimeSpan Each = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private volatile int _unfinished;

    /// <summary>Runs of this node that are under way. Written by the supervisor alone.</summary>
    public int Unfinished
    {
        get => _unfinished;
        set => _unfinished = value;
    }

    public TimeSpan Next()
    {
        var most = Each * Unfinished;
        return (most < Longest ? most : Longest) * random.NextDouble();
    }
}
