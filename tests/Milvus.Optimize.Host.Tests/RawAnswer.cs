using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Milvus.Optimize.Host.Tests;

/// <summary>An answer as it came over a socket. Status 0 is none at all.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public static RawAnswer None { get; } = new(0, new Dictionary<string, string>(), "");

    /// <summary>Without parameters such as the character set.</summary>
    public string? Media => Headers.TryGetValue("content-type", out var type) ? type.Split(';')[0].Trim() : null;

    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>Sends the bytes as they are, and reads until the server hangs up.</summary>
    public static async Task<RawAnswer> AskAsync(Uri address, byte[] request, CancellationToken over)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, over);
        var stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, over);
            await stream.CopyToAsync(answer, over);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It hung up in the middle: what it said before that counts.
        }

        return Parse(answer.ToArray());
    }

    private static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0) return None;
        var lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        var status = lines[0].Split(' ');
        if (status.Length < 2 || !lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal)) return None;
        var headers = lines.Skip(1).Select(l => l.Split(':', 2)).ToDictionary(h => h[0].ToLowerInvariant(), h => h[1].Trim());
        var body = bytes.AsSpan(end + 4);
        return new(
            int.Parse(status[1], CultureInfo.InvariantCulture), headers,
            headers.GetValueOrDefault("transfer-encoding") == "chunked" ? Encoding.UTF8.GetString(Unchunked(body)) : Encoding.UTF8.GetString(body));
    }

    private static byte[] Unchunked(ReadOnlySpan<byte> rest)
    {
        var whole = new List<byte>();
        while (rest.IndexOf("\r\n"u8) is > 0 and var line)
        {
            var size = int.Parse(Encoding.ASCII.GetString(rest[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0 || rest.Length < line + 2 + size + 2) break;
            whole.AddRange(rest.Slice(line + 2, size));
            rest = rest[(line + 2 + size + 2)..];
        }

        return [.. whole];
    }
}
