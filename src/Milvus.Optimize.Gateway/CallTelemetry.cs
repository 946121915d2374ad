using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Milvus.Optimize.Core.Telemetry;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway;

/// <summary>Measures each call on the wire and gives it a span. Calls and answers go through untouched.</summary>
/// <param name="server">Host and port: no credentials are in it.</param>
internal sealed class CallTelemetry(string server) : Interceptor
{
    // Both come from outside: addresses over the local socket, codes from whatever answers there.
    private static readonly BoundedLabel Servers = new(50);
    private static readonly BoundedLabel Statuses = new(100);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        var (before, since) = (Activity.Current, TimeProvider.System.GetTimestamp());
        var span = OptimizeTelemetry.Source.StartActivity($"{context.Method.ServiceName}/{context.Method.Name}", ActivityKind.Client);
        span?.SetTag("rpc.system", "grpc").SetTag("rpc.service", context.Method.ServiceName).SetTag("rpc.method", context.Method.Name).SetTag("server.address", server);
        try
        {
            var call = continuation(request, context);
            return new(MeasuredAsync(call.ResponseAsync, context.Method.Name, span, since), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }
        finally
        {
            // The caller goes on in its own span.
            Activity.Current = before;
        }
    }

    private async Task<TResponse> MeasuredAsync<TResponse>(Task<TResponse> answering, string rpc, Activity? span, long since)
    {
        var status = "Cancelled";
        try
        {
            var answer = await answering.ConfigureAwait(false);
            status = StatusOf(answer);
            return answer;
        }
        catch (RpcException e)
        {
            status = e.StatusCode.ToString();
            throw;
        }
        finally
        {
            var label = Statuses.Of(status);
            OptimizeInstruments.MilvusCall.Record(
                TimeProvider.System.GetElapsedTime(since).TotalSeconds, new("rpc", rpc), new("status", label), new("server", Servers.Of(server)));
            if (status != "OK") span?.SetStatus(ActivityStatusCode.Error, status);
            span?.SetTag("status", label).Dispose();
        }
    }

    // Milvus answers most refusals with a gRPC success and a code inside.
    private static string StatusOf(object? answer)
    {
        var status = answer as WireStatus ?? (answer is IMessage message ? message.Descriptor.FindFieldByName("status")?.Accessor.GetValue(message) as WireStatus : null);
        return FailureClassifier.OfAnswer(status) is { } failure ? string.Create(CultureInfo.InvariantCulture, $"Milvus{failure.Code}") : "OK";
    }
}
