using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Core.Runs;

/// <summary>Why a command is refused.</summary>
public enum RejectionReason
{
    /// <summary>Another run with other parameters holds the collection.</summary>
    RunConflict,

    /// <summary>The key belongs to a request with other parameters.</summary>
    KeyReused,

    /// <summary>The collection remembers as many keys as it may: retry later.</summary>
    TooManyKeys,

    /// <summary>The collection's run is another one.</summary>
    UnknownRun,

    /// <summary>The run has ended.</summary>
    AlreadyEnded,

    /// <summary>The run is in a state that the command does not apply to.</summary>
    InvalidState,
}

/// <summary>A command was refused; nothing happened.</summary>
/// <param name="Holder">The run that stands in the way, where one does.</param>
public sealed record Rejection(RejectionReason Reason, string Detail, RunId? Holder = null);

/// <summary>What a command leads to: events to persist, or a refusal. No events and no refusal: it changes nothing.</summary>
/// <param name="Run">The run that a request got.</param>
/// <param name="Joined">The request got a run that was there before.</param>
public sealed record Decision(ImmutableArray<OptimizeEvent> Events, Rejection? Rejection = null, RunId? Run = null, bool Joined = false)
{
    public static Decision Nothing { get; } = new([]);

    public static Decision Accept(params ReadOnlySpan<OptimizeEvent> events) => new([.. events]);

    public static Decision Reject(RejectionReason reason, string detail, RunId? holder = null) => new([], new(reason, detail, holder));
}
