using System.Net;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>Where the routes may be served. Beyond the loopback keys would travel readable, and anybody might call: that needs TLS and keys, or somebody who says that he knows.</summary>
/// <param name="Uri">Such as <c>http://127.0.0.1:7980</c>; port 0 takes a free one.</param>
public sealed record ListenAddress(Uri Uri, IPAddress Address)
{
    public bool IsTls => Uri.Scheme == "https";

    /// <param name="text">http or https, an IP address or localhost, and a port.</param>
    /// <param name="hasCertificate">A certificate was given.</param>
    /// <param name="anonymous">No key is asked for.</param>
    /// <param name="insecure">Serve beyond the loopback without TLS, or without keys, all the same.</param>
    /// <exception cref="ParamException">Not such an address, or it would not be safe.</exception>
    public static ListenAddress Check(string text, bool hasCertificate, bool anonymous, bool insecure)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new ParamException($"'{Shown(text)}' is no address to listen on: write http://127.0.0.1:7980 or https://0.0.0.0:7980");
        var host = uri.Host.Trim('[', ']');
        if (!IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out var address))
            throw new ParamException($"'{host}' is no IP address: listen on 127.0.0.1, or on an address of this machine");
        var (isTls, isLocal) = (uri.Scheme == "https", IPAddress.IsLoopback(address));
        if (isTls != hasCertificate)
            throw new ParamException(isTls ? "https needs --tls-cert and --tls-key" : "--tls-cert and --tls-key belong to an https address");
        if (isLocal || insecure) return new(uri, address);
        if (anonymous) throw new ParamException($"{text} is not the loopback: without keys anybody there could call. Leave --anonymous out, or say --insecure");
        if (!isTls) throw new ParamException($"{text} is not the loopback: keys would travel readable. Use https with --tls-cert and --tls-key, or say --insecure");
        return new(uri, address);
    }

    /// <summary>For messages: what stands before an @ may be a password.</summary>
    public static string Shown(string text) => text.LastIndexOf('@') is >= 0 and var at ? "…" + text[at..] : text;
}
