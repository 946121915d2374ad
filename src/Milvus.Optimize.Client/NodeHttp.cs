using System.Net.Sockets;

namespace Milvus.Optimize.Client;

/// <summary>HTTP to a node: over TCP, or over the Unix socket in its state folder.</summary>
public static class NodeHttp
{
    // A long poll is held for 20 s at most; what takes much longer than that is dead.
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    /// <param name="address">Such as <c>http://localhost:7980</c>.</param>
    /// <param name="key">An API key; null sends none.</param>
    public static HttpClient OverTcp(Uri address, string? key = null)
    {
        // A redirect would carry the key to somewhere else.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = CallTimeout };
        if (key is not null) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        return http;
    }

    /// <param name="path">Of the socket file.</param>
    public static HttpClient OverUnixSocket(string path)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new(handler) { BaseAddress = new("http://localhost"), Timeout = CallTimeout };
    }
}
