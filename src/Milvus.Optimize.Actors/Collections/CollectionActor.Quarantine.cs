using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>
/// A history that cannot be read: nothing is persisted and nothing is done, but lists show it. The row is written beside the recovery, never inside, and
/// only over a run that has not ended by what the table knows: the state here stops at the event that could not be read.
/// </summary>
internal sealed partial class CollectionActor
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private sealed record RowSeen(object Answer) : INoSerializationVerificationNeeded;

    private sealed record LookAtRow : INoSerializationVerificationNeeded, INotInfluenceReceiveTimeout
    {
        public static LookAtRow Instance { get; } = new();
    }

    private bool OnQuarantineMessage(object message)
    {
        switch (message)
        {
            case LookAtRow:
                ShowQuarantine();
                return true;
            case RowSeen { Answer: RunReply { Run.Done: true } }:
                return true;
            case RowSeen { Answer: RunReply or Refused { Problem.Code: OptimizeProblem.NotFound } }:
                OweRow(LastSequenceNr);
                return true;
            case RowSeen:
                Timers.StartSingleTimer(nameof(LookAtRow), LookAtRow.Instance, LookAgain);
                return true;
            default:
                return false;
        }
    }

    private void ShowQuarantine()
    {
        if (_state.Run is R.Active run) SeeRowAsync(run.Facts.Run).PipeTo(Self);
    }

    private async Task<RowSeen> SeeRowAsync(RunId run) => new(await FindAsync(run));

    /// <summary>Its revision is that of the whole history, so that the row goes over the last readable one, and the mended one over it.</summary>
    private RunDocument Quarantined(RunDocument document, string reason) => document with
    {
        Revision = Math.Max(document.Revision, RunDocuments.RevisionAfter(LastSequenceNr)),
        State = "Quarantined",
        Phase = "Paused",
        StateReason = "UnreadableHistory",
        StateMessage = reason,
        Done = false,
        Result = null,
        Error = null,
    };
}
