using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>The events of runs, read from the journal beside the collections' actors: nobody is woken.</summary>
public interface IRunHistory
{
    /// <summary>Events of one run in their order; empty where it has none. A late answer that came after the collection's next run began is not among them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">Sequence number that the reader has already; 0 for none.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives the reading up.</param>
    Task<ImmutableArray<StoredEvent>> ReadAsync(RunId run, long after, int limit, CancellationToken cancellationToken);
}

/// <summary>An event in its place.</summary>
/// <param name="SequenceNr">In the collection's history, from 1.</param>
public sealed record StoredEvent(long SequenceNr, OptimizeEvent Event);
