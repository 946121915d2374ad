using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>A request was not carried out. The same value over messages, HTTP (problem+json) and on the command line.</summary>
/// <param name="Code">From the catalogue: <c>invalid-argument</c>, <c>not-found</c>, <c>run-conflict</c>, <c>milvus-unavailable</c>, ...</param>
/// <param name="Detail">A sentence that says what to do.</param>
/// <param name="Retryable">Asking again with the same key may succeed.</param>
/// <param name="Holder">The run that stands in the way, where one does.</param>
public sealed record OptimizeProblem(string Code, string Detail, bool Retryable = false, RunId? Holder = null, int MilvusCode = 0)
{
    public const string InvalidArgument = "invalid-argument";
    public const string NotFound = "not-found";
    public const string RunConflict = "run-conflict";
    public const string InvalidStateTransition = "invalid-state-transition";
    public const string KeyReused = "idempotency-key-reused";
    public const string QueueFull = "queue-full";
    public const string Unauthenticated = "milvus-unauthenticated";
    public const string KeyRequired = "unauthenticated";
    public const string RateLimited = "rate-limited";
    public const string PermissionDenied = "permission-denied";
    public const string RejectedByServer = "rejected-by-server";
    public const string MilvusUnavailable = "milvus-unavailable";
    public const string ClusterNotConfigured = "cluster-not-configured";
    public const string OutcomeUnknown = "outcome-unknown";
    public const string Unavailable = "unavailable";
    public const string Quarantined = "quarantined";

    public static OptimizeProblem Of(Rejection r) => new(
        r.Reason switch
        {
            RejectionReason.RunConflict => RunConflict,
            RejectionReason.KeyReused => KeyReused,
            RejectionReason.TooManyKeys => QueueFull,
            RejectionReason.UnknownRun => NotFound,
            _ => InvalidStateTransition,
        }, r.Detail, r.Reason == RejectionReason.TooManyKeys, r.Holder);
}

/// <summary>Thrown where a request was not carried out.</summary>
/// <param name="problem">What the caller is told.</param>
/// <param name="cause">What it comes from, for the log alone: its text may name hosts and users.</param>
public sealed class OptimizeProblemException(OptimizeProblem problem, Exception? cause = null) : Exception(problem.Detail, cause)
{
    public OptimizeProblem Problem { get; } = problem;
}
