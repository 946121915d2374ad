using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Simulator.Access;
using Milvus.Optimize.Simulator.Log;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>What is the same for every RPC: credentials, RPCs that the generation lacks, armed faults, refusals, the log.</summary>
internal sealed class CallInterceptor(Simulation simulation, IHostApplicationLifetime lifetime) : Interceptor
{
    private const string RecordKey = "record";

    /// <summary>What begins otherwise changes something, so that no RPC is ever missing from the log.</summary>
    private static readonly string[] ReadOnly =
        ["Get", "Describe", "Show", "List", "Has", "Check", "Connect", "Alloc", "Select", "Search", "Hybrid", "Query", "CalcDistance"];

    public static CallRecord? RecordOf(ServerCallContext context) =>
        context.UserState.TryGetValue(RecordKey, out var record) ? (CallRecord)record : null;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var rpc = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        var record = !ReadOnly.Any(start => rpc.StartsWith(start, StringComparison.Ordinal)) ? NewRecord(rpc, (IMessage)request, context) : null;
        try
        {
            Admit(rpc, (IMessage)request, context);
            var fault = simulation.TakeFault(rpc, DatabaseOf((IMessage)request, context), (IMessage)request);
            if (fault is null) return await Carry(request, context, continuation);

            record?.Struck(fault);
            return await Strike(fault, request, context, continuation, record);
        }
        catch (MilvusRefusal refusal)
        {
            record?.Refused(refusal);
            var reply = Replies.Refused<TResponse>(refusal, simulation.Rules);
            if (reply is Wire.MutationResult result) Replies.NameFailedRows(result, (IMessage)request, simulation.Rules);
            return reply;
        }
        catch (RpcException refused)
        {
            record?.EndedBy(refused.Status, effect: false);
            throw;
        }
        finally
        {
            record?.Write();
        }
    }

    private static Task<TResponse> Carry<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        where TRequest : class where TResponse : class
    {
        RecordOf(context)?.Note(entry => entry with { Code = 0, Effect = true });
        return continuation(request, context);
    }

    private async Task<TResponse> Strike<TRequest, TResponse>(
        RpcFault fault, TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation, CallRecord? record)
        where TRequest : class where TResponse : class
    {
        switch (fault)
        {
            case ErrorBeforeEffect f:
                throw new RpcException(new Status(f.Status, f.Detail));
            case MilvusCode f:
                throw new MilvusRefusal(f.Code, f.Reason);
            case RateLimited:
                throw new MilvusRefusal(8, "request is rejected by grpc RateLimiter middleware, please retry later: rate limit exceeded[rate=0.1]");
            case CredentialsUnknown:
                throw AccessControl.Unknown();
            case GoAway:
                context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().RequestClose();
                return await Carry(request, context, continuation);
            case Delayed f:
                await Wait(f.By, context);
                return await Carry(request, context, continuation);
            case ErrorAfterEffect f:
                await CarryUnanswered(request, context, continuation, record, f.Status);
                throw new RpcException(new Status(f.Status, f.Detail));
            case Hang f:
                if (f.AfterEffect) await CarryUnanswered(request, context, continuation, record, StatusCode.DeadlineExceeded);
                else Unanswered(record, StatusCode.DeadlineExceeded);
                await Wait(Timeout.InfiniteTimeSpan, context);
                throw new RpcException(new Status(StatusCode.DeadlineExceeded, "context deadline exceeded"));
            case ConnectionAbort f:
                if (f.AfterEffect) await CarryUnanswered(request, context, continuation, record, StatusCode.Unavailable);
                else Unanswered(record, StatusCode.Unavailable);
                // Not HttpContext.Abort, which resets the one stream and leaves the connection.
                context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
                throw new RpcException(new Status(StatusCode.Unavailable, "connection reset by peer"));
            default:
                throw new InvalidOperationException($"the simulator cannot strike with {fault.GetType().Name}");
        }
    }

    /// <summary>The line is written before the wait: a call that hangs for ever was still received.</summary>
    private static void Unanswered(CallRecord? record, StatusCode status)
    {
        record?.EndedBy(new Status(status, "no answer"), effect: false);
        record?.Write();
    }

    private static async Task CarryUnanswered<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation, CallRecord? record, StatusCode status)
        where TRequest : class where TResponse : class
    {
        record?.EndedBy(new Status(status, "answer lost"), effect: true);
        try
        {
            await continuation(request, context);
        }
        catch (MilvusRefusal refusal)
        {
            // A refusal is an answer too, and as lost as any.
            record?.Refused(refusal);
        }

        record?.Write();
    }

    private async Task Wait(TimeSpan time, ServerCallContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await Task.Delay(time, simulation.Options.TimeProvider, stop.Token);
        }
        catch (OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "transport is closing"));
        }
    }

    private void Admit(string rpc, IMessage request, ServerCallContext context)
    {
        if (simulation.Access.IsOn)
        {
            var authorization = context.RequestHeaders.GetValue("authorization");
            var database = DatabaseOf(request, context);
            var subject = request is Wire.SelectUserRequest { User: { } user } ? user.Name : Text(request, "username");
            simulation.Read(world =>
            {
                simulation.Access.Admit(rpc, authorization, database, subject, world.Users);
                return true;
            });
        }

        if (!simulation.Rules.Unimplemented.Contains(rpc)) return;
        throw new RpcException(new Status(StatusCode.Unimplemented, simulation.Rules.IsLite
            ? "Method not implemented!"
            : $"unknown method {rpc} for service milvus.proto.milvus.MilvusService"));
    }

    private CallRecord NewRecord(string rpc, IMessage request, ServerCallContext context)
    {
        var record = new CallRecord(
            simulation.NewEntry("call") with
            {
                Rpc = rpc,
                Peer = context.Peer,
                RequestSha256 = Convert.ToHexStringLower(SHA256.HashData(request.ToByteArray())),
                Database = DatabaseOf(request, context),
                Collection = CollectionOf(request),
                CollectionId = request is Wire.ManualCompactionRequest compact ? Simulation.Ids([compact.CollectionID])[0] : null,
            },
            simulation.Log);
        context.UserState[RecordKey] = record;
        return record;
    }

    /// <summary>The one that the server will look in, for faults, privileges and the log too.</summary>
    private string DatabaseOf(IMessage request, ServerCallContext context)
    {
        var field = Text(request, "db_name", "dbName");
        return Databases.IsOfCompaction(request) ? simulation.Read(world => Databases.OfCompaction(world, field ?? "", context)) : Databases.Of(field, context);
    }

    private static string? CollectionOf(IMessage request) => CallSubject.Named(request) is { Count: > 0 } names ? string.Join(",", names) : null;

    private static string? Text(IMessage request, params ReadOnlySpan<string> names) => CallSubject.Text(request, names);
}
