using System.Collections.Immutable;
using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Contracts.Messages;

/// <summary>Requests to the supervisor and on to a collection. Each gets exactly one <see cref="RunReply"/> or <see cref="Refused"/>, after it is durable.</summary>
internal abstract record RunRequest(RunId Run) : INoSerializationVerificationNeeded;

/// <summary>Replied to at once, on the next change, or when the wait is over.</summary>
internal sealed record GetRun(RunId Run, long SinceRevision, TimeSpan Wait) : RunRequest(Run);

internal sealed record CancelRun(RunId Run, string Reason) : RunRequest(Run);

internal sealed record AbandonRun(RunId Run, string Reason, bool FreeLane) : RunRequest(Run);

internal sealed record RetryRun(RunId Run, string Reason) : RunRequest(Run);

/// <summary>To the supervisor: resolves the name, then becomes <see cref="StartOn"/>.</summary>
internal sealed record StartRun(StartRequest Request) : INoSerializationVerificationNeeded;

internal sealed record StartOn(CollectionKey Key, CollectionName Collection, StartRequest Request) : INoSerializationVerificationNeeded;

/// <summary>The outbox repeats it until the collection has stored it and answers <see cref="OutcomeStored"/>.</summary>
internal sealed record DeliverOutcome(RunId Run, int Round, int Attempt, TriggerOutcome Outcome) : INoSerializationVerificationNeeded;

internal sealed record OutcomeStored(RunId Run, int Attempt) : INoSerializationVerificationNeeded;

internal sealed record RunReply(RunDocument Run, bool Joined = false) : INoSerializationVerificationNeeded;

internal sealed record Refused(OptimizeProblem Problem) : INoSerializationVerificationNeeded;

/// <summary>Nobody is asked: the table's row is all there is to say, with the reason where there is one.</summary>
internal sealed record NotAwake(Held? Reason) : INoSerializationVerificationNeeded
{
    public static NotAwake Instance { get; } = new((Held?)null);
}

/// <summary>Its run must go on although nobody asks. Answered by <see cref="Awake"/> from wherever the collection's place is.</summary>
internal sealed record Wake(CollectionKey Key) : INoSerializationVerificationNeeded;

internal sealed record Awake(CollectionKey Key) : INoSerializationVerificationNeeded;

/// <summary>To any supervisor: the run table's row, without waking the collection. Answered by <see cref="RunReply"/> or <see cref="Refused"/>.</summary>
internal sealed record FindRun(RunId Run) : INoSerializationVerificationNeeded;

/// <summary>To any supervisor: answered by <see cref="RunIds"/>, whose documents are asked for one by one, so that no frame grows with the list.</summary>
internal sealed record ListRuns(RunQuery Query) : INoSerializationVerificationNeeded;

internal sealed record RunIds(ImmutableArray<RunId> Runs) : INoSerializationVerificationNeeded;

/// <summary>What sharding carries to a collection, wherever it is: one of the messages above.</summary>
internal sealed record OnCollection(CollectionKey Key, object Message) : INoSerializationVerificationNeeded;
