using System.Text.Json;
using System.Text.Json.Nodes;

namespace Milvus.Optimize.Simulator;

/// <summary>A fault on a command line: "hang,rpc=ManualCompaction,count=2", or the JSON of a scenario.</summary>
public static class FaultText
{
    /// <exception cref="ArgumentException">It names no fault, or gives a fault what it does not have.</exception>
    public static Fault Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        try
        {
            return JsonSerializer.Deserialize<Fault>(text.StartsWith('{') ? text : Json(text), SimulatorJson.Options)!;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new ArgumentException($"'{text}' is no fault of the simulator: {error.Message}", error);
        }
    }

    private static string Json(string text)
    {
        var parts = text.Split(',');
        var fault = new JsonObject { ["kind"] = parts[0] };
        foreach (var part in parts.Skip(1))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new ArgumentException($"'{part}' in '{text}' is not name=value");
            fault[part[..equals]] = Value(part[(equals + 1)..]);
        }

        return fault.ToJsonString();
    }

    private static JsonNode Value(string text) =>
        bool.TryParse(text, out var flag) ? flag
        : int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : text;
}
