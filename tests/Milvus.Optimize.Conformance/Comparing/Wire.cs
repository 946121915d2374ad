using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;

namespace Milvus.Optimize.Conformance;

/// <summary>A plain client of any RPC: bytes out, an <see cref="Answer"/> back.</summary>
internal sealed class Wire(Uri address) : IDisposable
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static (byte[] b) => b, static b => b);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address);

    public async Task<Answer> AskAsync(MethodDescriptor method, IMessage request, Metadata headers, TimeSpan within)
    {
        try
        {
            var raw = new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, Bytes, Bytes);
            var options = new CallOptions(headers, TimeProvider.System.GetUtcNow().UtcDateTime + within);
            return new Answer("OK", "", method.OutputType.Parser.ParseFrom(await _channel.CreateCallInvoker().AsyncUnaryCall(raw, null, options, request.ToByteArray())));
        }
        catch (RpcException refused)
        {
            return new Answer(Spelt(refused.StatusCode), refused.Status.Detail, null);
        }
    }

    public void Dispose() => _channel.Dispose();

    /// <summary>As the recordings spell it: DEADLINE_EXCEEDED.</summary>
    private static string Spelt(StatusCode status) => status == StatusCode.OK
        ? "OK"
        : string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}
