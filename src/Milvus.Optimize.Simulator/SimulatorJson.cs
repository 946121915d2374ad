using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator;

/// <summary>How scenarios, faults and the admin port are written: camel case, names of enums, and nothing that is not understood.</summary>
internal static class SimulatorJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(), new IdConverter() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowOutOfOrderMetadataProperties = true,
        WriteIndented = true,
    };

    /// <summary>Ids do not fit into a JSON number, so what is too large for one is written as a string; both are read.</summary>
    private sealed class IdConverter : JsonConverter<long>
    {
        private const long Largest = 1L << 53;

        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? reader.GetInt64()
            : long.TryParse(reader.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
            : throw new JsonException("not a whole number");

        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options)
        {
            if (value is < -Largest or > Largest) writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            else writer.WriteNumberValue(value);
        }
    }
}
