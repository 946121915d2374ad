using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// Brings the run table up to date: one write at a time, the newest row of each run, again until it is stored. A run's last row is kept here even when the
/// next run has begun. A row that failed waits, longer each time, and goes to the end: the others do not wait for it.
/// </summary>
internal sealed class RowWriter(IRunTable table, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private readonly Dictionary<string, RunRow> _owed = [];
    private readonly List<string> _fresh = [];
    private readonly List<string> _failed = [];
    private bool _writing;
    private int _failures;

    /// <param name="Failure">Null when the row is stored.</param>
    public sealed record Written(RunRow Row, Exception? Failure) : INoSerializationVerificationNeeded;

    public bool Owes => _owed.Count > 0;

    /// <summary>A row of another run is not stored yet.</summary>
    public bool OwesOthers(RunId than) => _owed.Keys.Any(id => id != than.ToString());

    /// <summary>When to call <see cref="Retry"/>; null when no row failed.</summary>
    public TimeSpan? RetryPause
    {
        get
        {
            if (_failed.Count == 0) return null;
            var pause = First * Math.Pow(2, Math.Min(_failures - 1, 10));
            return (pause < Longest ? pause : Longest) * (1 - (random.NextDouble() * 0.2));
        }
    }

    public void Add(RunRow row)
    {
        var id = row.Document.Id;
        _owed[id] = row;
        _failed.Remove(id);
        if (!_fresh.Contains(id)) _fresh.Add(id);
    }

    /// <summary>The run's document where it is not stored yet.</summary>
    public RunDocument? Find(RunId run) => _owed.GetValueOrDefault(run.ToString())?.Document;

    /// <summary>Starts the next write of a row that did not fail yet, unless a write is under way.</summary>
    public void WriteNext(IActorRef self)
    {
        if (!_writing && _fresh.Count > 0) Write(_fresh[0], self);
    }

    /// <summary>The pause is over: the row that failed longest ago has its turn.</summary>
    public void Retry(IActorRef self)
    {
        if (!_writing && _failed.Count > 0) Write(_failed[0], self);
    }

    public void Settle(Written written)
    {
        _writing = false;
        var id = written.Row.Document.Id;
        var isNewest = _owed.TryGetValue(id, out var owed) && owed.SequenceNr <= written.Row.SequenceNr && owed.Document.Revision <= written.Row.Document.Revision;
        if (!isNewest) return;
        _fresh.Remove(id);
        _failed.Remove(id);
        if (written.Failure is null) _owed.Remove(id);
        else _failed.Add(id);
        _failures = written.Failure is not null ? _failures + 1 : _failed.Count == 0 ? 0 : _failures;
    }

    private void Write(string id, IActorRef self)
    {
        _writing = true;
        WriteAsync(_owed[id]).PipeTo(self);
    }

    private async Task<Written> WriteAsync(RunRow row)
    {
        try
        {
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
            await table.UpsertAsync(row, over.Token);
            return new(row, null);
        }
        catch (Exception e)
        {
            return new(row, e);
        }
    }
}
