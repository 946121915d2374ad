using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>A message as lines "path = value", ids masked, the elements of a list in an order that does not depend on the server's.</summary>
internal static class Shape
{
    public static IReadOnlyList<string> Of(IMessage message) => [.. Lines(message, "")];

    private static IEnumerable<string> Lines(IMessage message, string path)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            // Code and text of a status are compared on their own.
            if (field.Name == "status" || message is Wire.Status) continue;
            var value = field.Accessor.GetValue(message);
            var name = $"{path}.{field.Name}";
            if (value is System.Collections.IDictionary map)
            {
                foreach (System.Collections.DictionaryEntry entry in map)
                    foreach (var line in One(entry.Value!, $"{name}[{entry.Key}]"))
                        yield return line;
            }
            else if (value is System.Collections.IList list)
            {
                foreach (var line in list.Cast<object>().Select(element => string.Join("; ", One(element, name))).Order(StringComparer.Ordinal))
                    yield return line;
            }
            else if (value is not null && !IsDefault(field, value))
            {
                foreach (var line in One(value, name))
                    yield return line;
            }
        }
    }

    private static IEnumerable<string> One(object value, string path)
    {
        if (value is IMessage message) return Lines(message, path).DefaultIfEmpty($"{path} = {{}}");
        return [$"{path} = {(Ids.IsId(value) ? "<id>" : Ids.Masked(Convert.ToString(value, CultureInfo.InvariantCulture)!))}"];
    }

    private static bool IsDefault(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.Message => false,
        FieldType.String => ((string)value).Length == 0,
        FieldType.Bytes => ((ByteString)value).IsEmpty,
        _ => Convert.ToInt64(value is double or float ? 1 : value, CultureInfo.InvariantCulture) == 0,
    };
}
