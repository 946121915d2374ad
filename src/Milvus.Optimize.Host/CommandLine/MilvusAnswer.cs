using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>A failure of a Milvus that a command asked itself, as the problem that a node would answer with.</summary>
internal static class MilvusAnswer
{
    /// <exception cref="OptimizeProblemException">Milvus does not answer, or refuses.</exception>
    public static async Task<T> OfAsync<T>(RunTarget target, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (MilvusException e)
        {
            throw new OptimizeProblemException(new(
                CodeOf(e.Failure), $"{target.Address}: {e.Message}", Retryable: e.Failure.Kind == MilvusFailureKind.Transient, MilvusCode: e.Code));
        }
    }

    public static string CodeOf(MilvusFailure failure) => failure switch
    {
        _ when failure.GrpcStatus.Equals("UNAUTHENTICATED", StringComparison.OrdinalIgnoreCase) => OptimizeProblem.Unauthenticated,
        _ when failure.GrpcStatus.Replace("_", "", StringComparison.Ordinal).Equals("PERMISSIONDENIED", StringComparison.OrdinalIgnoreCase) => OptimizeProblem.PermissionDenied,
        { Code: MilvusFailure.CollectionNotFound or MilvusFailure.DatabaseNotFound } => OptimizeProblem.NotFound,
        { Kind: MilvusFailureKind.Transient or MilvusFailureKind.Unknown } => OptimizeProblem.MilvusUnavailable,
        _ => OptimizeProblem.RejectedByServer,
    };
}
