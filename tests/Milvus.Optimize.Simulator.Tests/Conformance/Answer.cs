using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>An answer by its gRPC status, and its message when there is one.</summary>
internal sealed record Answer(string GrpcStatus, string GrpcDetails, IMessage? Message)
{
    /// <summary>Code and legacy code of Milvus's status; null where the answer has none.</summary>
    public string? Code => MilvusStatus is { } status ? $"{status.Code}/{(int)LegacyCode(status)}" : null;

    public string Text => Ids.Masked(MilvusStatus is { } status ? $"{GrpcDetails}{status.Reason}|{status.Detail}" : GrpcDetails);

    private Status? MilvusStatus => Message as Status ?? Message?.Descriptor.FindFieldByName("status")?.Accessor.GetValue(Message) as Status;

#pragma warning disable CS0612 // Deprecated in the proto, and still what servers fill.
    private static ErrorCode LegacyCode(Status status) => status.ErrorCode;
#pragma warning restore CS0612
}
