using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>An answer by its gRPC status, and its message when there is one.</summary>
internal sealed record Answer(string GrpcStatus, string GrpcDetails, IMessage? Message)
{
    /// <summary>Code and legacy code of Milvus's status; null where the answer has none.</summary>
    public string? Code => MilvusStatus is { } status ? $"{status.Code}/{(int)LegacyCode(status)}" : null;

    /// <summary>What the server said. Of a call that reached none the client's library speaks, each in its own words.</summary>
    public string Text => GrpcStatus is "UNAVAILABLE" or "DEADLINE_EXCEEDED"
        ? ""
        : Ids.Masked(MilvusStatus is { } status ? $"{GrpcDetails}{status.Reason}|{status.Detail}{Flags(status)}" : GrpcDetails);

    private static string Flags(Status status) =>
        (status.Retriable ? " (retriable)" : "") + string.Concat(status.ExtraInfo.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $" ({one.Key}={one.Value})"));

    /// <summary>The lines of the message without its status, ids masked.</summary>
    public IReadOnlyList<string> Lines => Message is { } message ? Shape.Of(message) : [];

    /// <summary>All of it as one text; two answers with the same one say the same.</summary>
    public string Whole => string.Join("; ", (string[])[.. GrpcStatus == "OK" ? [] : (string[])[GrpcStatus], .. Code is null or "0/0" ? [] : (string[])[Code], .. Text is "" or "|" ? [] : (string[])[Text], .. Lines]);

    private Status? MilvusStatus => Message as Status ?? Message?.Descriptor.FindFieldByName("status")?.Accessor.GetValue(Message) as Status;

#pragma warning disable CS0612 // Deprecated in the proto, and still what servers fill.
    private static ErrorCode LegacyCode(Status status) => status.ErrorCode;
#pragma warning restore CS0612
}
