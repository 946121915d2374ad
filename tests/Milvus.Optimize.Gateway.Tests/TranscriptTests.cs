using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Milvus.Optimize.Wire;
using Xunit.Abstractions;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class TranscriptTests(ITestOutputHelper output)
{
    private static readonly ServiceDescriptor Service = MilvusReflection.Descriptor.Services.Single();

    public static TheoryData<string> Files => [.. Transcript.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_recorded_message_is_read_and_written_as_it_was(string file)
    {
        var read = 0;
        foreach (var call in Transcript.Calls(file))
        {
            if (Service.FindMethodByName(call.GetProperty("method").GetString()) is not { } method) continue;
            foreach (var (key, type) in new[] { ("request_hex", method.InputType), ("response_hex", method.OutputType) })
            {
                if (Transcript.Bytes(call, key) is not { } bytes) continue;
                Reads(bytes, type, $"{method.Name} {key}");
                read++;
            }
        }
        output.WriteLine($"{read} messages");
        Assert.True(read > 0);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_value_that_was_recorded_is_the_value_that_is_read(string file)
    {
        var compared = 0;
        foreach (var call in Transcript.Calls(file))
        {
            if (Service.FindMethodByName(call.GetProperty("method").GetString()) is not { } method) continue;
            foreach (var (hex, json, type) in new[] { ("request_hex", "request", method.InputType), ("response_hex", "response", method.OutputType) })
            {
                if (Transcript.Bytes(call, hex) is not { } bytes || !call.TryGetProperty(json, out var recorded)) continue;
                compared += Compare(recorded, type.Parser.ParseFrom(bytes), $"{method.Name}.{json}");
            }
        }
        output.WriteLine($"{compared} values");
        // A file whose calls all failed by a gRPC status has no values.
        Assert.True(compared > 0 || Transcript.Calls(file).All(call => call.GetProperty("grpc_status").GetString() != "OK" || !call.TryGetProperty("request", out _)));
    }

    [Fact]
    public void The_whole_record_is_here() => Assert.Equal((32, 22), (Transcript.Files.Count(f => f.StartsWith("milvus-2.3.5/", StringComparison.Ordinal)), Transcript.Files.Count(f => f.StartsWith("milvus-lite-3.2.2/", StringComparison.Ordinal))));

    private static void Reads(byte[] bytes, MessageDescriptor type, string what)
    {
        var kept = type.Parser.ParseFrom(bytes);
        var written = kept.ToByteArray();
        // Servers write fields in an order of their own here and there, so equal up to order: same length, same message.
        Assert.True(written.Length == bytes.Length, $"{what}: {bytes.Length} bytes became {written.Length}");
        Assert.Equal(kept, type.Parser.ParseFrom(written));
        var discarded = type.Parser.WithDiscardUnknownFields(true).ParseFrom(bytes);
        Assert.Equal(discarded, type.Parser.ParseFrom(discarded.ToByteArray()));
    }

    // Walks what was recorded, not what was read: a field of ours with another number or type then reads as missing or as another value.
    private static int Compare(JsonElement recorded, IMessage read, string path)
    {
        var compared = 0;
        foreach (var property in recorded.EnumerateObject())
        {
            var field = read.Descriptor.FindFieldByName(property.Name);
            // What our subset leaves out is nobody's business here; the bytes of it were kept above.
            if (field is null) continue;
            var value = field.Accessor.GetValue(read);
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            compared += Same(property.Value, value, field, $"{path}.{property.Name}");
        }
        return compared;
    }

    private static int Same(JsonElement recorded, object? value, FieldDescriptor field, string path)
    {
        if (field.IsMap) return SameMap(recorded, (System.Collections.IDictionary)value!, field, path);
        if (!field.IsRepeated) return SameOne(recorded, value, field, path);
        var values = ((System.Collections.IList)value!).Cast<object>().ToList();
        Assert.True(recorded.GetArrayLength() == values.Count, $"{path}: {values.Count} values instead of {recorded.GetArrayLength()}");
        return recorded.EnumerateArray().Select((element, i) => SameOne(element, values[i], field, $"{path}[{i}]")).Sum();
    }

    private static int SameMap(JsonElement recorded, System.Collections.IDictionary values, FieldDescriptor field, string path)
    {
        var (keys, element) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        Assert.Equal(FieldType.String, keys.FieldType);
        return recorded.EnumerateObject().Sum(entry => SameOne(entry.Value, values[entry.Name], element, $"{path}[{entry.Name}]"));
    }

    private static int SameOne(JsonElement recorded, object? value, FieldDescriptor field, string path)
    {
        if (field.FieldType == FieldType.Message)
        {
            Assert.True(value is not null, $"{path} was not read");
            return Compare(recorded, (IMessage)value, path);
        }
        var (expected, actual) = field.FieldType switch
        {
            FieldType.Bytes => (recorded.GetString(), ((ByteString)value!).ToBase64()),
            // A name that our subset leaves out must at least be a number that it leaves out.
            FieldType.Enum => (NumberOf(recorded, field.EnumType) ?? (field.EnumType.FindValueByNumber((int)value!) is null ? Number(value!) : "a left out one"), Number(value!)),
            FieldType.Bool => (recorded.GetBoolean().ToString(), value!.ToString()),
            _ => (recorded.ToString(), Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)),
        };
        Assert.True(expected == actual, $"{path}: read {actual} instead of {expected}");
        return 1;
    }

    private static string? NumberOf(JsonElement recorded, EnumDescriptor type) => recorded.ValueKind == JsonValueKind.Number
        ? recorded.ToString()
        : type.FindValueByName(recorded.GetString()) is { } known ? Number(known.Number) : null;

    private static string Number(object value) => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
