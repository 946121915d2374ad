using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>The product as it is. What derives from it has one fault built in around it: nothing of it is in the product.</summary>
internal class Mutant
{
    /// <summary>
    /// The histories are those of a server with a list, on which somebody else's merge begins right before the first trigger arrives, and its answer is lost.
    /// By chance that happens too rarely.
    /// </summary>
    public bool AmongOthers { get; init; }

    public virtual FakeJournal Journal() => new();

    public virtual Decision Decide(CollectionState state, OptimizeCommand command, OptimizePolicy policy) => OptimizeDecider.Decide(state, command, policy);

    public virtual ImmutableArray<IndexObservation> Indexes(VirtualMilvus server, CollectionName name, ulong timestamp) => server.Indexes(name, timestamp);

    /// <summary>Whether the outbox repeats a call that ended like this.</summary>
    public virtual bool SendsAgain(TriggerOutcome outcome) => false;

    public virtual ISendPermit Permit(ISendPermit permit) => permit;

    /// <summary>Whether a recovered intent is sent, although its right to send is another incarnation's.</summary>
    public virtual bool SendsFound => false;

    protected static Stamp Stamp(CollectionState state, OptimizeRun.Active run, OptimizeCommand command) =>
        new(run.Facts.Run, state.Epoch, run.Facts.Round, run.Facts.Attempt, command.At);

    protected static Decision Success(Stamp stamp, ImmutableArray<SegmentObservation> segments) =>
        Decision.Accept(new OptimizeEvent.Ended(stamp, new(RunOutcome.Succeeded, RunEndReason.None, "merged"), MergeNeed.Flushed(segments), FullyMerged: false));
}
