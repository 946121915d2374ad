namespace Milvus.Optimize.Actors.Supervision;

/// <summary>The thread that beats. Not a timer of the pool, which is late under load where a thread of its own is not.</summary>
internal sealed class PauseWatch : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ManualResetEventSlim _over = new();
    private readonly Thread _thread;

    public PauseWatch(SelfFence fence)
    {
        _thread = new(() =>
        {
            while (!_over.Wait(Pause)) fence.Beat();
        })
        {
            IsBackground = true,
            Name = "pause-watch",
            Priority = ThreadPriority.Highest,
        };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _over.Set();
        _thread.Join();
        _over.Dispose();
    }
}
