using System.Security.Authentication;
using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using WireError = Milvus.Optimize.Wire.ErrorCode;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Turns every gRPC status and every Milvus code into one <see cref="MilvusFailure"/>. Pure. Decided by code, never by text, but for the one
/// case where Milvus gives "compaction disabled" the code of a service that is away for a moment.
/// </summary>
internal static class FailureClassifier
{
    private const int Unavailable = 2;
    private const int Internal = 5;
    private const int Unimplemented = 10;
    private const int Cancelled = 10000;
    private const int TimedOut = 10001;
    private const int Unexpected = 65535;

    /// <summary>What Milvus's own status says; null is success. Servers up to 2.2 fill the legacy field only, so either one counts.</summary>
    /// <param name="segmentsMayVanish">For segment lists: a segment dropped between the server's two steps is no lasting failure.</param>
    public static MilvusFailure? OfAnswer(WireStatus? status, bool segmentsMayVanish = false)
    {
#pragma warning disable CS0612 // the legacy field is read because old servers fill no other
        if (status is null || (status.Code == 0 && status.ErrorCode == WireError.Success)) return null;
        var code = status.Code != 0 ? status.Code : CodeOf(status.ErrorCode);
#pragma warning restore CS0612
        var reason = status.Reason.Length > 0 ? status.Reason : status.Detail.Length > 0 ? status.Detail : "the server gave no reason";
        return new(KindOf(code, reason, segmentsMayVanish), code, "OK", reason);
    }

    /// <summary>Why a call that may be repeated failed.</summary>
    public static MilvusFailure OfRead(Status status, string server)
    {
        var kind = status.StatusCode switch
        {
            // No waiting makes an untrusted certificate trusted.
            _ when TransportReason.Find<AuthenticationException>(status.DebugException) is not null => MilvusFailureKind.Permanent,
            StatusCode.Unimplemented => MilvusFailureKind.NotSupported,
            StatusCode.Unavailable or StatusCode.Aborted or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown
                or StatusCode.DeadlineExceeded or StatusCode.ResourceExhausted => MilvusFailureKind.Transient,
            _ => MilvusFailureKind.Permanent,
        };
        return new(kind, 0, NameOf(status.StatusCode), TransportReason.Of(status, server));
    }

    /// <summary>Why a trigger failed after its message may have been written.</summary>
    public static MilvusFailure OfTrigger(Status status, string server) =>
        IsRefusal(status) ? OfRead(status, server) : OfRead(status, server) with { Kind = MilvusFailureKind.Unknown };

    /// <summary>
    /// True for the statuses that a server gives before it runs the handler. A status that our own side made of a broken connection carries an
    /// exception and is never one, whatever its code: an HTTP/2 error code maps to RESOURCE_EXHAUSTED or PERMISSION_DENIED too.
    /// </summary>
    public static bool IsRefusal(Status status) => status.DebugException is null && status.StatusCode
        is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented or StatusCode.ResourceExhausted;

    /// <summary>
    /// True for the Milvus codes by which a proxy says that it gave up waiting for the coordinator, or that the way to it broke: the coordinator may have
    /// acted meanwhile.
    /// </summary>
    public static bool IsAmbiguous(MilvusFailure answer) =>
        answer.Code is Cancelled or TimedOut or Internal or Unexpected || answer is { Code: Unavailable, Kind: not MilvusFailureKind.Permanent };

    /// <summary>A gRPC status as the protocol spells it: <c>DEADLINE_EXCEEDED</c>.</summary>
    public static string NameOf(StatusCode code) => code == StatusCode.OK
        ? "OK"
        : string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));

    private static MilvusFailureKind KindOf(int code, string reason, bool segmentsMayVanish) => code switch
    {
        Unavailable when reason.Contains("compaction disabled", StringComparison.OrdinalIgnoreCase) => MilvusFailureKind.Permanent,
        1 or Unavailable or 4 or 8 or 12 or 103 or 106 or 305 or 505 or 507 or 1002 or 1003 => MilvusFailureKind.Transient,
        MilvusFailure.SegmentNotFound when segmentsMayVanish => MilvusFailureKind.Transient,
        Unimplemented => MilvusFailureKind.NotSupported,
        _ => MilvusFailureKind.Permanent,
    };

    // The current code of each legacy one that callers or the table above look at; the others are "unexpected".
    private static int CodeOf(WireError legacy) => legacy switch
    {
        WireError.NotReadyServe => 1,
        WireError.RateLimit => 8,
        WireError.ForceDeny => 9,
        WireError.CollectionNotExists or WireError.CollectionNameNotFound => MilvusFailure.CollectionNotFound,
        WireError.SegmentNotFound => MilvusFailure.SegmentNotFound,
        WireError.IndexNotExist => MilvusFailure.IndexNotFound,
        WireError.IllegalArgument or WireError.IllegalCollectionName => MilvusFailure.InvalidParameter,
        WireError.PermissionDenied => 1401,
        _ => Unexpected,
    };
}
