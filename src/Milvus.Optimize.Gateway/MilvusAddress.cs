namespace Milvus.Optimize.Gateway;

/// <summary>Reads addresses as people write them.</summary>
public static class MilvusAddress
{
    /// <summary>
    /// Reads <c>host</c>, <c>host:port</c>, <c>tcp://host:port</c>, <c>http://…</c> or <c>https://…</c>; the scheme defaults to http, the port to
    /// <see cref="MilvusConnectionOptions.DefaultPort"/>, for https too (write <c>:443</c> where that is meant).
    /// </summary>
    /// <exception cref="ArgumentException">The text is no such address.</exception>
    public static Uri Parse(string text) => Parse(text, MilvusConnectionOptions.DefaultPort);

    /// <summary>As <see cref="Parse(string)"/>, with <paramref name="defaultPort"/> where the text names none.</summary>
    /// <exception cref="ArgumentException">The text is no such address.</exception>
    public static Uri Parse(string text, int defaultPort)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var withScheme = trimmed.Contains("://", StringComparison.Ordinal) ? trimmed : $"http://{trimmed}";
        if (!Uri.TryCreate(withScheme, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new ArgumentException($"'{Shown(trimmed)}' is no address: write host:port, http://host:port or https://host:port.", nameof(text));
        if (uri.Scheme is not ("http" or "https" or "tcp"))
            throw new ArgumentException($"'{uri.Scheme}' is no scheme that Milvus speaks: write http:// or, with TLS, https://.", nameof(text));
        if (uri.UserInfo.Length > 0)
            throw new ArgumentException("An address must not carry credentials: give the token, or the user and password, on their own.", nameof(text));
        if (uri.PathAndQuery is not ("/" or "") || uri.Fragment.Length > 0)
            throw new ArgumentException($"'{Shown(trimmed)}' has a path: an address ends after the port.", nameof(text));
        return new UriBuilder(uri.Scheme == "https" ? "https" : "http", uri.Host, PortOf(withScheme, uri, defaultPort)).Uri;
    }

    // Uri fills in 80 and 443 silently, which no Milvus of one's own listens on; only a port that was written counts.
    private static int PortOf(string text, Uri uri, int defaultPort)
    {
        var authority = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        var written = authority.LastIndexOf(':') > authority.LastIndexOf(']') && authority.Contains(':', StringComparison.Ordinal);
        return written && uri.Port >= 0 ? uri.Port : defaultPort;
    }

    // What stands before an @ may be a password.
    private static string Shown(string text) => text.LastIndexOf('@') is >= 0 and var at ? "…" + text[at..] : text;
}
