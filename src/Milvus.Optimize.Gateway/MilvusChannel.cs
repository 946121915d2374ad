using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway;

/// <summary>One gRPC channel to one server, with a handler of its own. Nothing on it is retried by gRPC: there is no service config.</summary>
internal sealed class MilvusChannel : IDisposable
{
    // Milvus Lite answers pings that come too often with GOAWAY; 60 s, and only during a call, is what every server bears.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(60);

    private readonly CallHeaders _headers;
    private readonly BoundedConnector _connector;
    private readonly GrpcChannel _channel;

    private MilvusChannel(MilvusConnectionOptions options, bool onlyOnce, string? guardedPath, Action? beforeWrite)
    {
        _headers = new(options);
        _connector = new(options.TcpUserTimeout, onlyOnce);
        var handler = Handler(options, _connector, onlyOnce);
        if (options.IsTls) handler.SslOptions = TlsFiles.Read(options);
        _channel = GrpcChannel.ForAddress(options.Address, new GrpcChannelOptions
        {
            HttpHandler = new MessageHandler(handler, options.ServerName, guardedPath, beforeWrite),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
        });
        Client = new(_channel.Intercept(new CallTelemetry(options.Address.Authority)));
    }

    public MilvusService.MilvusServiceClient Client { get; }

    /// <summary>A channel that lives as long as its gateway, for calls that may be repeated.</summary>
    public static MilvusChannel ForReads(MilvusConnectionOptions options) => new(options, onlyOnce: false, null, null);

    /// <summary>A channel for one trigger: one connection, closed with RST; <paramref name="beforeWrite"/> runs before the trigger's message is written.</summary>
    public static MilvusChannel ForTrigger(MilvusConnectionOptions options, Action beforeWrite) =>
        new(options, onlyOnce: true, "/milvus.proto.milvus.MilvusService/ManualCompaction", beforeWrite);

    /// <summary>What every channel speaks through, before TLS.</summary>
    internal static SocketsHttpHandler Handler(MilvusConnectionOptions options, BoundedConnector connector, bool onlyOnce) => new()
    {
        ConnectCallback = connector.ConnectAsync,
        ConnectTimeout = options.ConnectTimeout,
        KeepAlivePingDelay = KeepAlive,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        EnableMultipleHttp2Connections = !onlyOnce,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
        UseProxy = false,
    };

    /// <summary>Options of one call. The deadline is an instant of the system's clock, because gRPC compares it with that one.</summary>
    public CallOptions Call(string? database, TimeSpan timeout, CancellationToken cancellationToken) =>
        new(_headers.For(database), TimeProvider.System.GetUtcNow().UtcDateTime + timeout, cancellationToken);

    public void Dispose()
    {
        _channel.Dispose();
        // The handler keeps a connection with open streams for a while; the socket itself is what must be gone now.
        _connector.Dispose();
    }
}
