using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Milvus.Optimize.Conformance;

/// <summary>A message as lines "path = value", ids masked, the elements of a list in an order that does not depend on the server's.</summary>
internal static class Shape
{
    /// <summary>What a machine says of itself in GetMetrics.</summary>
    private static readonly HashSet<string> Measured = ["ip", "cpu_core_usage", "memory_usage", "created_time", "updated_time"];

    public static IReadOnlyList<string> Of(IMessage message) => [.. Lines(message, "", Masked)];

    /// <summary>What a request asks, timestamps aside, as one text: two polls with the same one wait for the same thing.</summary>
    public static string Question(IMessage request) => string.Join("; ", Lines(request, "", static (field, value) =>
        IsTime(field) ? "<time>" : Convert.ToString(value, CultureInfo.InvariantCulture)!));

    /// <summary>Whether a field is a moment, by its name.</summary>
    public static bool IsTime(string field) => field.Contains("timestamp", StringComparison.OrdinalIgnoreCase) || field.EndsWith("_ts", StringComparison.Ordinal) || field.EndsWith("_times", StringComparison.Ordinal);

    private static string Masked(string field, object value) => Ids.IsId(value) ? "<id>" : Ids.Masked(Convert.ToString(value, CultureInfo.InvariantCulture)!);

    private static IEnumerable<string> Lines(IMessage message, string path, Func<string, object, string> spelt)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            // Code and text of a status are compared on their own.
            if (field.Name == "status" || message is Milvus.Optimize.Wire.Status) continue;
            var value = field.Accessor.GetValue(message);
            var name = $"{path}.{field.Name}";
            if (value is System.Collections.IDictionary map)
            {
                foreach (System.Collections.DictionaryEntry entry in map)
                    foreach (var line in One(entry.Value!, $"{name}[{entry.Key}]", spelt))
                        yield return line;
            }
            else if (value is System.Collections.IList list)
            {
                foreach (var line in list.Cast<object>().Select(element => string.Join("; ", One(element, name, spelt))).Order(StringComparer.Ordinal))
                    yield return line;
            }
            else if (value is not null && !IsDefault(field, value))
            {
                foreach (var line in One(value, name, spelt))
                    yield return line;
            }
        }
    }

    private static IEnumerable<string> One(object value, string path, Func<string, object, string> spelt)
    {
        if (value is string { Length: > 1 } text && text[0] == '{' && text[^1] == '}') return Json(JsonDocument.Parse(text).RootElement, path, spelt);
        if (value is IMessage message) return Lines(message, path, spelt).DefaultIfEmpty($"{path} = {{}}");
        return [$"{path} = {spelt(path, value)}"];
    }

    /// <summary>GetMetrics answers JSON inside a field.</summary>
    private static IEnumerable<string> Json(JsonElement value, string path, Func<string, object, string> spelt) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(one => Measured.Contains(one.Name) ? [$"{path}.{one.Name} = <measured>"] : Json(one.Value, $"{path}.{Ids.Masked(one.Name)}", spelt)).DefaultIfEmpty($"{path} = {{}}"),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(one => Json(one, $"{path}[{Named(one)}]", spelt)).DefaultIfEmpty($"{path} = []"),
        JsonValueKind.Number when value.TryGetInt64(out var number) => [$"{path} = {spelt(path, number)}"],
        _ => [$"{path} = {spelt(path, value.ToString())}"],
    };

    private static string Named(JsonElement one) =>
        one.ValueKind == JsonValueKind.Object && one.TryGetProperty("infos", out var infos) && infos.TryGetProperty("name", out var name) ? name.GetString()! : "";

    private static bool IsDefault(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.Message => false,
        FieldType.String => ((string)value).Length == 0,
        FieldType.Bytes => ((ByteString)value).IsEmpty,
        _ => Convert.ToInt64(value is double or float ? 1 : value, CultureInfo.InvariantCulture) == 0,
    };
}
