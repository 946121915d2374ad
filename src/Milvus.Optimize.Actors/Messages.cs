using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>No new trigger is sent any more; what was sent is waited for.</summary>
internal sealed record Drain : INoSerializationVerificationNeeded
{
    public static Drain Instance { get; } = new();
}

internal sealed record Drained : INoSerializationVerificationNeeded
{
    public static Drained Instance { get; } = new();
}

internal sealed record ClustersChanged : INoSerializationVerificationNeeded
{
    public static ClustersChanged Instance { get; } = new();
}

internal sealed record CountRunning : INoSerializationVerificationNeeded
{
    public static CountRunning Instance { get; } = new();
}

/// <summary>A collection tells its supervisor whether its run can go on.</summary>
internal sealed record CanGoOn(CollectionKey Key, bool Value) : INoSerializationVerificationNeeded;

/// <summary>A collection tells its supervisor that a write begins or is stored, so that a hung one can be stopped.</summary>
/// <param name="Progress">What was stored is more than another claim of ownership.</param>
internal sealed record Persisting(CollectionKey Key, bool Value, bool Progress = false) : INoSerializationVerificationNeeded;

/// <summary>A collection tells its supervisor that it has taken a request out of its mailbox.</summary>
internal sealed record RequestTaken(CollectionKey Key) : INoSerializationVerificationNeeded;

/// <summary>A collection tells its supervisor, right before it stops, that the journal did not take its write or could not be read.</summary>
internal sealed record JournalFailed(CollectionKey Key, JournalFault Fault, string Cause) : INoSerializationVerificationNeeded;

/// <summary>A collection tells its supervisor that it has had nothing to do for a while.</summary>
internal sealed record MayStop(CollectionKey Key) : INoSerializationVerificationNeeded;

/// <summary>The supervisor's answer, given only when nothing is on its way to the collection; what comes later waits for the next incarnation.</summary>
internal sealed record StopIdle : INoSerializationVerificationNeeded
{
    public static StopIdle Instance { get; } = new();
}

/// <summary>A collection tells its supervisor that it got something to do before it could stop.</summary>
internal sealed record StaysUp(CollectionKey Key) : INoSerializationVerificationNeeded;

/// <param name="DatabaseAnswers">Somebody has just asked the database itself, and it takes writes.</param>
internal sealed record GetStatus(bool DatabaseAnswers) : INoSerializationVerificationNeeded;
