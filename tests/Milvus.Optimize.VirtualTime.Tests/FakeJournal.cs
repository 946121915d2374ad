using System.Collections.Immutable;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>One stored event. <paramref name="SeenAt"/> is the true time of what it is based on, whatever the writer's wall clock says.</summary>
internal sealed record StoredEvent(long SequenceNr, OptimizeEvent Event, string Writer, DateTimeOffset SeenAt);

/// <summary>
/// One collection's history under the unique key (persistence id, sequence number): what is written together is stored together or not at all, and the
/// second writer of a number is refused.
/// </summary>
internal class FakeJournal
{
    private readonly List<StoredEvent> _rows = [];

    public IReadOnlyList<StoredEvent> Rows => _rows;

    /// <returns>False when a number is taken.</returns>
    public virtual bool TryStore(ImmutableArray<StoredEvent> rows)
    {
        if (rows.Any(r => IsTaken(r.SequenceNr))) return false;
        _rows.AddRange(rows);
        return true;
    }

    /// <summary>As a recovery reads them.</summary>
    public IEnumerable<StoredEvent> InOrder() => _rows.OrderBy(r => r.SequenceNr);

    /// <summary>The state and the number of its last event.</summary>
    /// <exception cref="InvalidOperationException">An event does not fit.</exception>
    public virtual (CollectionState State, long SequenceNr) Recover() =>
        InOrder().Aggregate((State: CollectionState.Empty, SequenceNr: 0L), (s, r) => (OptimizeState.Apply(s.State, r.Event), r.SequenceNr));

    protected virtual bool IsTaken(long sequenceNr) => _rows.Exists(r => r.SequenceNr == sequenceNr);
}
