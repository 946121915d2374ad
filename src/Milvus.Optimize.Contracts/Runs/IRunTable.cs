using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>
/// One row a run, kept beside the journal for lists, history and the wake-up at start. The collection's actor writes it after persistence and again on
/// recovery; a row never goes back to an older revision.
/// </summary>
public interface IRunTable
{
    /// <summary>Stores the row unless a newer revision of the run is there.</summary>
    Task UpsertAsync(RunRow row, CancellationToken cancellationToken);

    Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>Collections with an unfinished row, and those whose history is longer than their rows know.</summary>
    Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken);
}

/// <summary>A run in the table.</summary>
/// <param name="SequenceNr">Of the last event that the document reflects.</param>
public sealed record RunRow(RunId Run, long SequenceNr, RunDocument Document);
