using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Milvus.Optimize.Conformance;

/// <summary>Which id or time of the simulator stands for which one of the record. Both kinds are far larger than any count, so size tells them apart.</summary>
internal sealed partial class Ids
{
    private const decimal Smallest = 1_000_000_000;
    private const decimal Auto = long.MaxValue;

    private readonly Dictionary<string, string> _simulated = [];

    /// <summary>
    /// Ids as a word: what is left has to be equal. A zero or negative id stays what it is. So are the numbers of channels and ports, which are the next ones
    /// that were free.
    /// </summary>
    public static string Masked(string text) => FreeNumber().Replace(LongNumber().Replace(text, "<id>"), "$1<n>");

    public static bool IsId(object value) => value is long or ulong && Convert.ToDecimal(value, CultureInfo.InvariantCulture) is >= Smallest and < Auto;

    public void Learn(IMessage recorded, IMessage simulated)
    {
        foreach (var field in recorded.Descriptor.Fields.InFieldNumberOrder())
        {
            var (left, right) = (field.Accessor.GetValue(recorded), field.Accessor.GetValue(simulated));
            if (left is System.Collections.IDictionary map && right is System.Collections.IDictionary other)
            {
                foreach (var key in map.Keys)
                    if (other.Contains(key)) Learn(map[key]!, other[key]!);
            }
            else if (left is System.Collections.IList lefts && right is System.Collections.IList rights)
                foreach (var (one, another) in lefts.Cast<object>().Zip(rights.Cast<object>()))
                    Learn(one, another);
            else if (left is not null && right is not null)
                Learn(left, right);
        }
    }

    /// <summary>The recorded request with the simulator's ids in it.</summary>
    public IMessage Translated(IMessage request)
    {
        foreach (var field in request.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType is not (FieldType.Int64 or FieldType.UInt64) || field.IsMap) continue;
            if (field.Accessor.GetValue(request) is System.Collections.IList list)
                for (var i = 0; i < list.Count; i++)
                    list[i] = Translated(list[i]!);
            else
                field.Accessor.SetValue(request, Translated(field.Accessor.GetValue(request)));
        }

        return request;
    }

    private void Learn(object recorded, object simulated)
    {
        if (recorded is IMessage left && simulated is IMessage right) Learn(left, right);
        else if (IsId(recorded) && IsId(simulated)) _simulated.TryAdd(Text(recorded), Text(simulated));
    }

    private object Translated(object id) => _simulated.TryGetValue(Text(id), out var other)
        ? Convert.ChangeType(other, id.GetType(), CultureInfo.InvariantCulture)
        : id;

    private static string Text(object id) => Convert.ToString(id, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(@"(by-dev-[a-z-]*_|127\.0\.0\.1:)\d+")]
    private static partial Regex FreeNumber();

    [GeneratedRegex(@"\d{10,}")]
    private static partial Regex LongNumber();
}
