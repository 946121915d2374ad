using System.Security.Authentication;
using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using Status = Grpc.Core.Status;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class FailureClassifierTests
{
    private static readonly int[] Transient = [1, 2, 4, 8, 12, 103, 106, 305, 505, 507, 1002, 1003];

    // Every code of Milvus's table, ranges written out.
    private static readonly int[] All =
    [
        .. Range(1, 12), .. Range(100, 110), .. Range(200, 202), 250, .. Range(300, 305), 400, 401, .. Range(500, 507), .. Range(600, 605), .. Range(700, 703),
        .. Range(800, 802), .. Range(901, 906), .. Range(1000, 1012), .. Range(1100, 1102), 1200, .. Range(1300, 1303), .. Range(1400, 1402),
        .. Range(1600, 1603), 1700, 1701, .. Range(1800, 1807), .. Range(1900, 1903), .. Range(2000, 2002), .. Range(2037, 2040), 2099, 2100, 2101, 2200, 2201,
        .. Range(2300, 2316), 2400, 2401, 2500, 3000, 3001, 10000, 10001, 65535,
    ];

    public static TheoryData<int> Codes => [.. All];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Each_code_has_one_kind(int code)
    {
        var failure = FailureClassifier.OfAnswer(new WireStatus { Code = code, Reason = "why" })!;
        var expected = code == 10 ? MilvusFailureKind.NotSupported : Transient.Contains(code) ? MilvusFailureKind.Transient : MilvusFailureKind.Permanent;
        Assert.Equal(new MilvusFailure(expected, code, "OK", "why"), failure);
    }

    [Fact]
    public void A_status_without_code_is_success()
    {
        Assert.Null(FailureClassifier.OfAnswer(new WireStatus()));
        Assert.Null(FailureClassifier.OfAnswer(null));
    }

    [Fact]
    public void Compaction_disabled_passes_with_no_waiting()
    {
        var status = new WireStatus { Code = 2, Retriable = true, Reason = "compaction disabled: service unavailable" };
        Assert.Equal(MilvusFailureKind.Permanent, FailureClassifier.OfAnswer(status)!.Kind);
    }

    [Fact]
    public void A_vanished_segment_is_transient_for_segment_lists_only()
    {
        var status = new WireStatus { Code = 600, Reason = "segment not found" };
        Assert.Equal(MilvusFailureKind.Transient, FailureClassifier.OfAnswer(status, segmentsMayVanish: true)!.Kind);
        Assert.Equal(MilvusFailureKind.Permanent, FailureClassifier.OfAnswer(status)!.Kind);
    }

    [Theory]
    [InlineData(1, 65535, MilvusFailureKind.Permanent)]
    [InlineData(4, 100, MilvusFailureKind.Permanent)]
    [InlineData(28, 100, MilvusFailureKind.Permanent)]
    [InlineData(25, 700, MilvusFailureKind.Permanent)]
    [InlineData(5, 1100, MilvusFailureKind.Permanent)]
    [InlineData(48, 9, MilvusFailureKind.Permanent)]
    [InlineData(49, 8, MilvusFailureKind.Transient)]
    [InlineData(56, 1, MilvusFailureKind.Transient)]
    [InlineData(12345, 65535, MilvusFailureKind.Permanent)]
    public void A_legacy_code_alone_is_a_failure(int legacy, int code, MilvusFailureKind kind)
    {
#pragma warning disable CS0612 // old servers fill no other field
        var failure = FailureClassifier.OfAnswer(new WireStatus { ErrorCode = (ErrorCode)legacy, Reason = "old" })!;
#pragma warning restore CS0612
        Assert.Equal(new MilvusFailure(kind, code, "OK", "old"), failure);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, "UNAVAILABLE", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.Aborted, "ABORTED", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.Internal, "INTERNAL", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.Cancelled, "CANCELLED", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.Unknown, "UNKNOWN", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", MilvusFailureKind.Transient, false)]
    [InlineData(StatusCode.ResourceExhausted, "RESOURCE_EXHAUSTED", MilvusFailureKind.Transient, true)]
    [InlineData(StatusCode.Unimplemented, "UNIMPLEMENTED", MilvusFailureKind.NotSupported, true)]
    [InlineData(StatusCode.Unauthenticated, "UNAUTHENTICATED", MilvusFailureKind.Permanent, true)]
    [InlineData(StatusCode.PermissionDenied, "PERMISSION_DENIED", MilvusFailureKind.Permanent, true)]
    [InlineData(StatusCode.InvalidArgument, "INVALID_ARGUMENT", MilvusFailureKind.Permanent, false)]
    [InlineData(StatusCode.NotFound, "NOT_FOUND", MilvusFailureKind.Permanent, false)]
    [InlineData(StatusCode.AlreadyExists, "ALREADY_EXISTS", MilvusFailureKind.Permanent, false)]
    [InlineData(StatusCode.FailedPrecondition, "FAILED_PRECONDITION", MilvusFailureKind.Permanent, false)]
    [InlineData(StatusCode.OutOfRange, "OUT_OF_RANGE", MilvusFailureKind.Permanent, false)]
    [InlineData(StatusCode.DataLoss, "DATA_LOSS", MilvusFailureKind.Permanent, false)]
    public void Each_grpc_status_has_one_kind(StatusCode code, string name, MilvusFailureKind kind, bool refusesTriggers)
    {
        var status = new Status(code, "why");
        var read = FailureClassifier.OfRead(status, "m:1");
        Assert.Equal((kind, 0, name), (read.Kind, read.Code, read.GrpcStatus));
        Assert.Equal(refusesTriggers, FailureClassifier.IsRefusal(status));
        Assert.Equal(refusesTriggers ? kind : MilvusFailureKind.Unknown, FailureClassifier.OfTrigger(status, "m:1").Kind);
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.PermissionDenied)]
    public void A_status_made_of_a_broken_connection_refuses_no_trigger(StatusCode code)
    {
        // HTTP/2's ENHANCE_YOUR_CALM and INADEQUATE_SECURITY map to these, whatever the server did before.
        var status = new Status(code, "made here", new IOException("reset"));
        Assert.Equal(MilvusFailureKind.Unknown, FailureClassifier.OfTrigger(status, "m:1").Kind);
    }

    [Fact]
    public void An_untrusted_certificate_stays_untrusted()
    {
        var status = new Status(StatusCode.Unavailable, "made here", new HttpRequestException("ssl", new AuthenticationException("The remote certificate is invalid.")));
        Assert.Equal(MilvusFailureKind.Permanent, FailureClassifier.OfRead(status, "m:1").Kind);
    }

    private static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, last - first + 1);
}
