using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>A refusal in Milvus's form: a code and a reason, which the endpoint puts into the answer's status.</summary>
internal sealed class MilvusRefusal(int code, string reason) : Exception(reason)
{
    public int Code => code;

    public ErrorCode LegacyCode { get; init; } = LegacyOf(code);

    /// <summary>Codes that newer servers mark as the caller's own mistake.</summary>
    public bool IsInputError => code is >= 1100 and < 1200 or >= 1400 and < 1500 or 102 or 104 or 105 or 702 or 801 or 802;

    public bool IsRetriable => code is 1 or 2 or 4 or 8 or 12 or 103 or 106 or 202 or 305 or 505 or 507 or 1002 or 1003;

    public string? Detail { get; init; }

    private static ErrorCode LegacyOf(int code) => code switch
    {
        1 => ErrorCode.NotReadyServe,
        3 => ErrorCode.InsufficientMemoryToLoad,
        7 => ErrorCode.DiskQuotaExhausted,
        8 => ErrorCode.RateLimit,
        9 => ErrorCode.ForceDeny,
        11 => ErrorCode.TimeTickLongDelay,
        100 => ErrorCode.CollectionNotExists,
        109 => ErrorCode.SchemaMismatch,
        200 or 400 => ErrorCode.MetaFailed,
        401 or 503 or 905 => ErrorCode.NoReplicaAvailable,
        600 => ErrorCode.SegmentNotFound,
        700 => ErrorCode.IndexNotExist,
        904 => ErrorCode.NodeIdnotMatch,
        1100 => ErrorCode.IllegalArgument,
        _ => ErrorCode.UnexpectedError,
    };
}
