namespace Milvus.Optimize.Contracts.Runs;

/// <summary>What a failed write or read of the journal means. Only the journal's own database can tell, so whoever brings the journal brings this too.</summary>
public interface IJournalFaults
{
    /// <summary>Never throws; <see cref="JournalFault.Other"/> where nobody can tell.</summary>
    JournalFault Classify(Exception cause);
}

/// <summary>Why the journal did not take a write, or could not be read.</summary>
public enum JournalFault
{
    /// <summary>Not known: the event may be stored.</summary>
    Other,

    /// <summary>The unique key refused it: somebody else has written this collection's next event.</summary>
    Fenced,

    /// <summary>There is no room for it.</summary>
    Full,
}
