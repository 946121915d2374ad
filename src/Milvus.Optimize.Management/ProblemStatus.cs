using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management;

/// <summary>The HTTP status of each problem code.</summary>
internal static class ProblemStatus
{
    public const string Internal = "internal";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string PayloadTooLarge = "payload-too-large";
    public const string RevisionMismatch = "revision-mismatch";

    public static int Of(string code) => code switch
    {
        OptimizeProblem.InvalidArgument => 400,
        OptimizeProblem.KeyRequired => 401,
        OptimizeProblem.PermissionDenied => 403,
        OptimizeProblem.NotFound or OptimizeProblem.ClusterNotConfigured => 404,
        MethodNotAllowed => 405,
        OptimizeProblem.RunConflict or OptimizeProblem.InvalidStateTransition or OptimizeProblem.Quarantined => 409,
        RevisionMismatch => 412,
        PayloadTooLarge => 413,
        OptimizeProblem.KeyReused or OptimizeProblem.RejectedByServer => 422,
        OptimizeProblem.QueueFull or OptimizeProblem.RateLimited => 429,
        // 401 would ask for credentials of this API; these are Milvus's.
        OptimizeProblem.MilvusUnavailable or OptimizeProblem.Unauthenticated => 502,
        OptimizeProblem.Unavailable => 503,
        OptimizeProblem.OutcomeUnknown => 504,
        _ => 500,
    };

    public static string Title(string code) => code.Replace('-', ' ');
}
