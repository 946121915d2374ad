namespace Milvus.Optimize.Core.Milvus;

/// <summary>Whether asking again can help.</summary>
public enum MilvusFailureKind
{
    /// <summary>The same call may succeed later.</summary>
    Transient,

    /// <summary>The same call will fail again.</summary>
    Permanent,

    /// <summary>The call may have taken effect although no answer came.</summary>
    Unknown,

    /// <summary>The server does not have this call: a piece of evidence is missing, nothing failed.</summary>
    NotSupported,
}

/// <summary>Why a call to Milvus did not succeed: a gRPC status or a Milvus code, in one form.</summary>
/// <param name="Code">Milvus's own code; 0 where the transport failed.</param>
/// <param name="GrpcStatus">Name of the gRPC status; <c>OK</c> where Milvus answered with a code.</param>
/// <param name="Reason">The server's text, or the transport's, followed by what to do where that is known.</param>
public sealed record MilvusFailure(MilvusFailureKind Kind, int Code, string GrpcStatus, string Reason)
{
    public const int CollectionNotFound = 100;
    public const int CollectionNotLoaded = 101;
    public const int SegmentNotFound = 600;
    public const int IndexNotFound = 700;
    public const int DatabaseNotFound = 800;
    public const int InvalidParameter = 1100;

    /// <inheritdoc/>
    public override string ToString() => Code != 0 ? $"{Reason} (code {Code})" : GrpcStatus == "OK" ? Reason : $"{GrpcStatus}: {Reason}";
}

/// <summary>A call to Milvus failed, or a run ended in failure.</summary>
public sealed class MilvusException : Exception
{
    public MilvusException(MilvusFailure failure) : base(failure.ToString()) => Failure = failure;

    public MilvusException(MilvusFailure failure, Exception inner) : base(failure.ToString(), inner) => Failure = failure;

    public MilvusFailure Failure { get; }

    /// <summary>Milvus's own code; 0 where there is none.</summary>
    public int Code => Failure.Code;

    /// <summary>The text for a person.</summary>
    public string Reason => Failure.Reason;
}
