using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Contracts.Runs;

/// <summary>PostgreSQL refuses a document with the character U+0000 anywhere in it, and a reason may come from anybody: it is written as U+FFFD.</summary>
internal sealed class StorableText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Contains('\0', StringComparison.Ordinal) ? value.Replace('\0', '\uFFFD') : value);
}
