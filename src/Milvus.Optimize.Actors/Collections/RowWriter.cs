using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// Brings the run table up to date: one write at a time, the newest row of each run, again until it is stored. A run's last row is kept here even when the
/// next run has begun.
/// </summary>
internal sealed class RowWriter(IRunTable table)
{
    private readonly Dictionary<string, RunRow> _owed = [];
    private bool _writing;

    /// <param name="Failure">Null when the row is stored.</param>
    public sealed record Written(RunRow Row, Exception? Failure) : INoSerializationVerificationNeeded;

    public bool Owes => _owed.Count > 0;

    public void Add(RunRow row) => _owed[row.Document.Id] = row;

    /// <summary>The run's document where it is not stored yet.</summary>
    public RunDocument? Find(RunId run) => _owed.GetValueOrDefault(run.ToString())?.Document;

    /// <summary>Starts the next write, unless one is under way.</summary>
    public void WriteNext(IActorRef self)
    {
        if (_writing || _owed.Count == 0) return;
        _writing = true;
        var row = _owed.Values.First();
        WriteAsync(row).PipeTo(self);
    }

    public void Settle(Written written)
    {
        _writing = false;
        if (written.Failure is null && _owed.TryGetValue(written.Row.Document.Id, out var owed) && owed.SequenceNr <= written.Row.SequenceNr)
            _owed.Remove(written.Row.Document.Id);
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
