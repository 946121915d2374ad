using System.Text.Json;
using System.Text.Json.Serialization;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>PostgreSQL refuses a document with the character U+0000 anywhere in it, and a reason may come from anybody: it is stored as U+FFFD.</summary>
internal sealed class StoredText : JsonConverter<string>
{
    private static readonly JsonSerializerOptions Json = new(RunDocuments.Json) { Converters = { new StoredText() } };

    /// <summary>The document as the run table has it.</summary>
    public static string Of(RunDocument document) => JsonSerializer.Serialize(document, Json);

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value.Replace('\0', '\uFFFD'));
}
