using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Milvus.Optimize.Gateway;

/// <summary>Says in a sentence why no answer came, and what a person should check.</summary>
internal static class TransportReason
{
    public static string Of(Status status, string server) => status.StatusCode switch
    {
        StatusCode.Unauthenticated when status.DebugException is null =>
            $"{status.Detail}: check the token, or the user and password, for {server}",
        StatusCode.DeadlineExceeded =>
            $"{server} gave no answer in time: a Milvus that is starting accepts connections before it serves; if this lasts, check that the port is Milvus's gRPC port",
        _ => OfException(status.DebugException, server) ?? Plain(status.Detail, server),
    };

    /// <summary>The first exception of this type in the chain; null when there is none.</summary>
    public static T? Find<T>(Exception? exception) where T : Exception
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is T found)
                return found;
        return null;
    }

    private static string? OfException(Exception? exception, string server)
    {
        if (exception is null) return null;
        if (Find<AuthenticationException>(exception) is { } tls)
            return $"TLS with {server} failed ({FirstLine(tls)}): check that the CA file signed the server's certificate, that the server name is in it, our own certificate, and that the server speaks TLS at all (else write http://)";
        if (Find<TimeoutException>(exception) is not null)
            return $"no connection to {server} within the connect timeout: check the address and the firewalls on the way";
        if (Find<SocketException>(exception) is { } socket) return OfSocket(socket, server);
        if (Find<HttpRequestException>(exception) is { } http && SpeaksNoHttp2(http))
            return $"{server} answers but speaks no gRPC (HTTP/2): check that the port is Milvus's gRPC port (19530 by default) and whether it wants https:// ({http.Message})";
        return Broke(exception.GetBaseException(), server);
    }

    private static string OfSocket(SocketException socket, string server) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"no server answers at {server} (connection refused): check the address and that Milvus is running",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"the host name of {server} is unknown: check the address",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => $"no route to {server}: check the address and the network",
        _ => Broke(socket, server),
    };

    private static string Broke(Exception root, string server) =>
        $"the connection to {server} broke ({FirstLine(root)}): if this lasts, check that the port is Milvus's gRPC port, and whether it wants https:// and a certificate of ours";

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].Trim().TrimEnd('.');

    private static bool SpeaksNoHttp2(HttpRequestException http) => http.HttpRequestError
        is HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse or HttpRequestError.VersionNegotiationError;

    private static string Plain(string detail, string server) => detail.StartsWith("Bad gRPC response", StringComparison.Ordinal)
        ? $"{server} answers but not as a gRPC server ({detail.TrimEnd('.')}): check that the address leads to Milvus's gRPC port, not to a web server or proxy in front of it"
        : detail.Length > 0 ? detail : "the server gave no reason";
}
