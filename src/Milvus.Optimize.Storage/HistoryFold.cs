using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>One collection's events, in their order, as the rows that its actor owes the table. Pure.</summary>
internal sealed class HistoryFold(CollectionKey key)
{
    private readonly List<RunRow> _ended = [];
    private CollectionState _state = CollectionState.Empty;
    private long _last;

    public CollectionKey Key => key;

    /// <summary>Why nothing behind some event was read; null where all was.</summary>
    public string? Trouble { get; private set; }

    /// <param name="sequenceNr">Its place.</param>
    /// <param name="stored">What the serializer made of it.</param>
    public void Add(long sequenceNr, object stored)
    {
        if (Trouble is not null) return;
        if (stored is not OptimizeEvent e)
        {
            Trouble = $"event {sequenceNr} cannot be read";
            return;
        }

        try
        {
            // As the actor has it: a run's last row stands at the event before the next one's first.
            if (e is OptimizeEvent.Started && _state.Run is OptimizeRun.Ended) _ended.AddRange(Row());
            _state = OptimizeState.Apply(_state, e);
            _last = sequenceNr;
        }
        catch (InvalidOperationException fault)
        {
            Trouble = $"event {sequenceNr} does not fit: {fault.Message}";
        }
    }

    public IEnumerable<RunRow> Rows() => [.. _ended, .. Row()];

    private IEnumerable<RunRow> Row() =>
        RunDocuments.Of(_state, key.Cluster, LiveView.Empty) is { } document ? [new(RunId.Parse(document.Id), _last, document)] : [];
}
