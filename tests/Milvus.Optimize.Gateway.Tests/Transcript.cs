using System.Text.Json;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>The recorded traffic of real servers.</summary>
internal static class Transcript
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Transcripts");

    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*.jsonl", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>The calls of one file, in order; its note is left out.</summary>
    public static IEnumerable<JsonElement> Calls(string file) =>
        File.ReadLines(Path.Combine(Folder, file)).Where(line => line.Length > 0).Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("method", out _));

    /// <summary>The bytes of <c>request_hex</c> or <c>response_hex</c>; null where nothing was recorded.</summary>
    public static byte[]? Bytes(JsonElement call, string key) => call.TryGetProperty(key, out var hex) && hex.GetString() is { } text ? Convert.FromHexString(text) : null;
}
