using System.Net;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// A request message that is serialised already. HttpClient may serialise a content again on another connection (GOAWAY, refused stream), and
/// gRPC's own content is not made for that; <paramref name="beforeWrite"/> may throw to forbid it, and then no byte of the message is written.
/// </summary>
internal sealed class FrozenContent(byte[] message, Action? beforeWrite) : HttpContent
{
    /// <summary>Takes the bytes and headers out of <paramref name="content"/>.</summary>
    public static async Task<FrozenContent> OfAsync(HttpContent content, Action? beforeWrite, CancellationToken cancellationToken)
    {
        var frozen = new FrozenContent(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), beforeWrite);
        foreach (var header in content.Headers)
            if (!header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                frozen.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return frozen;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        beforeWrite?.Invoke();
        await stream.WriteAsync(message, cancellationToken).ConfigureAwait(false);
    }

    // gRPC frames carry their own length; a Content-Length header is not usual there and some proxies act on it.
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
