using System.Text.Json;
using Google.Protobuf.Reflection;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>One line of a transcript: what was asked of a real server and what it said.</summary>
internal sealed record RecordedCall(string Rpc, double AtMs, byte[]? Request, string? DatabaseHeader, Answer? Answer, int Repeats, double LastAtMs)
{
    private static readonly ServiceDescriptor Service = MilvusReflection.Descriptor.Services.Single();

    /// <summary>Null where our protos leave the RPC out.</summary>
    public MethodDescriptor? Method => Service.FindMethodByName(Rpc);

    public static IReadOnlyList<string> Order(string server) => [.. File.ReadLines(Path.Combine(Folder, server, "order.txt")).Where(line => line.Length > 0)];

    public static IReadOnlyList<RecordedCall> Read(string server, string scenario) =>
        [.. File.ReadLines(Path.Combine(Folder, server, scenario + ".jsonl")).Where(line => line.Length > 0)
            .Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.TryGetProperty("method", out _)).Select(Of)];

    /// <summary>Every call of the line, those that were left out as repeated too, with its time.</summary>
    public IEnumerable<(RecordedCall Call, double AtMs)> Times() =>
        Enumerable.Range(0, Repeats + 1).Select(i => (this, Repeats == 0 ? AtMs : AtMs + ((LastAtMs - AtMs) * i / Repeats)));

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Transcripts");

    private static RecordedCall Of(JsonElement line)
    {
        var rpc = line.GetProperty("method").GetString()!;
        var method = Service.FindMethodByName(rpc);
        var at = line.GetProperty("t_ms").GetDouble();
        var response = Bytes(line, "response_hex");
        var status = line.GetProperty("grpc_status").GetString()!;
        var details = line.TryGetProperty("grpc_details", out var text) ? text.GetString()! : "";
        // Of an Insert only the row count was kept, so there is a request to send and no answer to compare.
        var answer = rpc == "Insert" ? null : new Answer(status, details, response is null || status != "OK" ? null : method?.OutputType.Parser.ParseFrom(response));
        return new RecordedCall(
            rpc, at, rpc == "Insert" ? Insert(line.GetProperty("request")) : Bytes(line, "request_hex"), Header(line), answer,
            line.TryGetProperty("repeats", out var repeats) ? repeats.GetInt32() : 0,
            line.TryGetProperty("last_t_ms", out var last) ? last.GetDouble() : at);
    }

    private static string? Header(JsonElement line) => line.GetProperty("metadata").TryGetProperty("dbname", out var name) ? name.GetString() : null;

    private static byte[] Insert(JsonElement request) => Google.Protobuf.MessageExtensions.ToByteArray(new InsertRequest
    {
        DbName = request.GetProperty("db_name").GetString(),
        CollectionName = request.GetProperty("collection_name").GetString(),
        NumRows = request.GetProperty("num_rows").GetUInt32(),
    });

    private static byte[]? Bytes(JsonElement line, string key) => line.TryGetProperty(key, out var hex) && hex.GetString() is { } text ? Convert.FromHexString(text) : null;
}
