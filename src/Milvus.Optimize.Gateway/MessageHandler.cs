namespace Milvus.Optimize.Gateway;

/// <summary>
/// The last handler before the network. It freezes each message, has the messages of one path ask before they are written, and sets the
/// authority where the certificate's name is not the host's.
/// </summary>
/// <param name="serverName">The authority and the name the certificate must bear; null for the address's own host.</param>
/// <param name="guardedPath">Path of the call that <paramref name="beforeWrite"/> guards; null guards none.</param>
internal sealed class MessageHandler(HttpMessageHandler inner, string? serverName, string? guardedPath, Action? beforeWrite) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // SocketsHttpHandler takes the name for SNI and for the certificate from the Host header, whatever SslOptions.TargetHost says.
        if (serverName is not null) request.Headers.Host = serverName;
        if (request.Content is { } content)
        {
            var guard = guardedPath is not null && request.RequestUri?.AbsolutePath == guardedPath ? beforeWrite : null;
            request.Content = await FrozenContent.OfAsync(content, guard, cancellationToken).ConfigureAwait(false);
        }
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
