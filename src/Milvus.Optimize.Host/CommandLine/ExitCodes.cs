using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>From what happened to the code that a script sees.</summary>
internal static class ExitCodes
{
    /// <summary>Of a run that a command waited for.</summary>
    public static int Of(RunDocument run) => run.State switch
    {
        "Succeeded" or "SucceededNoWork" => ExitCode.Done,
        "PartiallySucceeded" => ExitCode.Partial,
        "Failed" or "TimedOut" => ExitCode.RunFailed,
        "Cancelled" or "Abandoned" => ExitCode.Cancelled,
        "Quarantined" => ExitCode.OwnTrouble,
        _ => ExitCode.GoesOn,
    };

    /// <summary>Of a request that was not carried out.</summary>
    public static int Of(OptimizeProblem problem) => problem.Code switch
    {
        OptimizeProblem.InvalidArgument or OptimizeProblem.NotFound or OptimizeProblem.ClusterNotConfigured or OptimizeProblem.KeyReused
            or OptimizeProblem.InvalidStateTransition or OptimizeProblem.KeyRequired => ExitCode.BadUsage,
        OptimizeProblem.RunConflict => ExitCode.Refused,
        OptimizeProblem.PermissionDenied or OptimizeProblem.RejectedByServer => ExitCode.RunFailed,
        OptimizeProblem.MilvusUnavailable or OptimizeProblem.Unauthenticated => ExitCode.NoServer,
        _ => ExitCode.OwnTrouble,
    };
}
