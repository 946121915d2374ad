using System.Text.Json.Serialization;
using Grpc.Core;

namespace Milvus.Optimize.Simulator;

/// <summary>Something that goes wrong, so many times, for an RPC or in the server's own work. A collection narrows it down to calls about it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ErrorBeforeEffect), "errorBeforeEffect")]
[JsonDerivedType(typeof(ErrorAfterEffect), "errorAfterEffect")]
[JsonDerivedType(typeof(MilvusCode), "milvusCode")]
[JsonDerivedType(typeof(Delayed), "delay")]
[JsonDerivedType(typeof(Hang), "hang")]
[JsonDerivedType(typeof(ConnectionAbort), "connectionAbort")]
[JsonDerivedType(typeof(GoAway), "goAway")]
[JsonDerivedType(typeof(RateLimited), "rateLimited")]
[JsonDerivedType(typeof(CredentialsUnknown), "auth")]
[JsonDerivedType(typeof(SilentConnection), "silentConnection")]
[JsonDerivedType(typeof(PlanFailed), "planFailed")]
[JsonDerivedType(typeof(PlanForgotten), "planForgotten")]
[JsonDerivedType(typeof(PlanRetried), "planRetried")]
[JsonDerivedType(typeof(EnqueueFailed), "enqueueFailed")]
[JsonDerivedType(typeof(MetadataLost), "metadataLost")]
[JsonDerivedType(typeof(IndexBuildFailed), "indexBuildFailed")]
[JsonDerivedType(typeof(IndexBuildStuck), "indexBuildStuck")]
public abstract record Fault
{
    /// <summary>How many times it strikes.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Name of the collection, in any database or after "database/" in that one, or null for any. RPC faults look at the names in the call, an alias not resolved; where there is none at its collection id or
    /// compaction id, as long as plans of that compaction are on record. On 2.3, where a compaction goes by ids alone, they count beside the names, and 0 is every collection.</summary>
    public string? Collection { get; init; }
}

/// <summary>A fault of one RPC, by its name in MilvusService.</summary>
public abstract record RpcFault(string Rpc) : Fault;

/// <summary>The call ends with a gRPC status and nothing was done.</summary>
public sealed record ErrorBeforeEffect(string Rpc) : RpcFault(Rpc)
{
    public StatusCode Status { get; init; } = StatusCode.Unavailable;

    public string Detail { get; init; } = "connection refused";
}

/// <summary>The call is carried out and its answer is lost: the caller sees a gRPC status.</summary>
public sealed record ErrorAfterEffect(string Rpc) : RpcFault(Rpc)
{
    public StatusCode Status { get; init; } = StatusCode.Unavailable;

    public string Detail { get; init; } = "transport is closing";
}

/// <summary>Milvus refuses with a code in the answer's status; nothing was done.</summary>
public sealed record MilvusCode(string Rpc, int Code, string Reason) : RpcFault(Rpc);

/// <summary>The call is carried out late, by the wall clock and not by server time.</summary>
public sealed record Delayed(string Rpc, TimeSpan By) : RpcFault(Rpc);

/// <summary>No answer until the caller's deadline.</summary>
public sealed record Hang(string Rpc) : RpcFault(Rpc)
{
    public bool AfterEffect { get; init; }
}

/// <summary>The TCP connection is cut, with every other call on it.</summary>
public sealed record ConnectionAbort(string Rpc) : RpcFault(Rpc)
{
    public bool AfterEffect { get; init; }
}

/// <summary>The call is carried out and answered, and its connection says GOAWAY: the next call needs a new one.</summary>
public sealed record GoAway(string Rpc) : RpcFault(Rpc);

/// <summary>Milvus's own rate limit: code 8, which a retry after a while gets past; nothing was done.</summary>
public sealed record RateLimited(string Rpc) : RpcFault(Rpc);

/// <summary>The call is refused as by a server that knows no such user or password, whatever credentials it came with; nothing was done.</summary>
public sealed record CredentialsUnknown(string Rpc) : RpcFault(Rpc);

/// <summary>A new TCP connection is accepted and nothing is ever said on it, as by a server that is still starting. One per count.</summary>
public sealed record SilentConnection : Fault;

/// <summary>A plan runs to its end and fails: its sources stay.</summary>
public sealed record PlanFailed : Fault
{
    public string Reason { get; init; } = "compaction failed on data node";
}

/// <summary>A plan is lost half-way, as after a restart that does not reload it: its sources stay and no answer mentions it any more.</summary>
public sealed record PlanForgotten : Fault;

/// <summary>A plan's worker is lost at its end, and the plan runs again: it stays executing for twice as long.</summary>
public sealed record PlanRetried : Fault;

/// <summary>A plan cannot be queued: the caller sees fewer plans and no error, or "nothing to do" when it was the only one.</summary>
public sealed record EnqueueFailed : Fault;

/// <summary>A merge is done and its record is lost at once: no answer mentions the plan any more, and its sources are gone.</summary>
public sealed record MetadataLost : Fault;

/// <summary>An index build of a segment that comes out of a compaction fails.</summary>
public sealed record IndexBuildFailed : Fault
{
    public string Reason { get; init; } = "out of memory on index node";
}

/// <summary>An index build of a segment that comes out of a compaction never ends, until the server is started again.</summary>
public sealed record IndexBuildStuck : Fault;
