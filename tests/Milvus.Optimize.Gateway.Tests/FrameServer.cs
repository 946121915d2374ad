using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>
/// HTTP/2 by bare frames, for what no server library can be told to do: it answers the first stream of each connection as GetVersion, and when the
/// message of a later stream has arrived it does what it was given, which says "not processed, try again" in one of HTTP/2's ways.
/// </summary>
internal sealed class FrameServer : IDisposable
{
    private const byte Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAwayType = 7;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, int, Task> _onMessage;
    private int _messages;
    private int _connections;

    public FrameServer(Func<NetworkStream, int, Task> onMessage)
    {
        _onMessage = onMessage;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>Messages on other than a connection's first stream.</summary>
    public int Messages => _messages;

    public int Connections => _connections;

    /// <summary>The last stream looked at is the one before: this one may be sent again.</summary>
    public static async Task GoAwayAsync(NetworkStream stream, int streamId)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(payload, streamId - 2);
        await WriteAsync(stream, GoAwayType, 0, 0, payload);
        stream.Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>REFUSED_STREAM (7): the same in other words.</summary>
    public static Task RefuseAsync(NetworkStream stream, int streamId) => WriteAsync(stream, ResetStream, 0, streamId, [0, 0, 0, 7]);

    /// <summary>ENHANCE_YOUR_CALM (11): read by gRPC as RESOURCE_EXHAUSTED, and no proof of anything.</summary>
    public static Task CalmAsync(NetworkStream stream, int streamId) => WriteAsync(stream, ResetStream, 0, streamId, [0, 0, 0, 11]);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            await stream.ReadExactlyAsync(new byte[24]);
            await WriteAsync(stream, Settings, 0, 0, []);
            var head = new byte[9];
            while (true)
            {
                await stream.ReadExactlyAsync(head);
                var payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
                await stream.ReadExactlyAsync(payload);
                var streamId = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                await ActAsync(stream, head[3], head[4], streamId, payload);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The client closed.
        }
    }

    private async Task ActAsync(NetworkStream stream, byte type, byte flags, int streamId, byte[] payload)
    {
        if (type == Settings && flags == 0) await WriteAsync(stream, Settings, 1, 0, []);
        if (type == Ping && flags == 0) await WriteAsync(stream, Ping, 1, 0, payload);
        if (type != Data) return;
        // GetVersion's request is the empty message: its frame of five bytes may come without a further one to end the stream.
        if (streamId > 1 && payload.Length > 5)
        {
            Interlocked.Increment(ref _messages);
            await _onMessage(stream, streamId);
        }
        if (streamId == 1 && (flags & 1) == 1) await AnswerVersionAsync(stream, streamId);
    }

    private static async Task AnswerVersionAsync(NetworkStream stream, int streamId)
    {
        var message = new GetVersionResponse { Status = new(), Version = "2.6.15" }.ToByteArray();
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        // 0x88 is ":status: 200" of HPACK's static table; the others are literals with their names spelt out.
        await WriteAsync(stream, Headers, 4, streamId, [0x88, .. Literal("content-type", "application/grpc")]);
        await WriteAsync(stream, Data, 0, streamId, frame);
        await WriteAsync(stream, Headers, 5, streamId, Literal("grpc-status", "0"));
    }

    private static byte[] Literal(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static Task WriteAsync(NetworkStream stream, byte type, byte flags, int streamId, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        return stream.WriteAsync(frame).AsTask();
    }
}
