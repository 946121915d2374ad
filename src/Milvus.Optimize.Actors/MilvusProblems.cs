using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors;

/// <summary>What a failed look-up means for the caller who named the collection.</summary>
internal static class MilvusProblems
{
    public static OptimizeProblem Of(MilvusFailure failure, CollectionRef collection) => failure switch
    {
        { Code: MilvusFailure.CollectionNotFound or MilvusFailure.DatabaseNotFound } => new(
            OptimizeProblem.NotFound, $"there is no collection '{collection.Name}' in database '{collection.Database}' of '{collection.Cluster}': {failure}", MilvusCode: failure.Code),
        { GrpcStatus: "UNAUTHENTICATED" } => new(OptimizeProblem.Unauthenticated, $"Milvus does not accept the credentials: {failure.Reason}"),
        { GrpcStatus: "PERMISSION_DENIED" } => new(OptimizeProblem.PermissionDenied, $"Milvus does not permit it: {failure.Reason}"),
        { GrpcStatus: "UNIMPLEMENTED" } when failure.Reason.Contains("unknown service", StringComparison.Ordinal) => new(
            OptimizeProblem.RejectedByServer, $"what answers for '{collection.Cluster}' does not speak Milvus's service ({failure.Reason}): give the address of a Milvus proxy, whose port is 19530 unless it was changed"),
        { Kind: MilvusFailureKind.Transient or MilvusFailureKind.Unknown } => new(
            OptimizeProblem.MilvusUnavailable, $"Milvus '{collection.Cluster}' cannot be reached: {failure}", Retryable: true, MilvusCode: failure.Code),
        { Code: MilvusFailure.InvalidParameter } => new(OptimizeProblem.InvalidArgument, failure.ToString(), MilvusCode: failure.Code),
        _ => new(OptimizeProblem.RejectedByServer, failure.ToString(), MilvusCode: failure.Code),
    };
}
