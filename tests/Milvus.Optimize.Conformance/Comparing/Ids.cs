using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Milvus.Optimize.Conformance;

/// <summary>
/// Which id or time of the simulator stands for which one of the record. Both kinds are far larger than any count, so size tells them apart.
/// Between answers that say the same, an id stands for one id and no other: where it does not, the two servers mean different things with the same words.
/// </summary>
internal sealed partial class Ids
{
    private const decimal Smallest = 1_000_000_000;
    private const decimal Auto = long.MaxValue;

    private readonly Dictionary<string, string> _simulated = [];
    private readonly Dictionary<string, string> _recorded = [];
    private readonly List<string> _contradictions = [];

    /// <summary>
    /// Ids as a word: what is left has to be equal. A zero or negative id stays what it is. So are the numbers of channels and ports, which are the next ones
    /// that were free.
    /// </summary>
    public static string Masked(string text) => FreeNumber().Replace(LongNumber().Replace(text, "<id>"), "$1<n>");

    public static bool IsId(object value) => value is long or ulong && Convert.ToDecimal(value, CultureInfo.InvariantCulture) is >= Smallest and < Auto;

    /// <summary>Learns from a pair of answers.</summary>
    /// <returns>The fields in which an id stands for another one than before; none where the answers differ in more than their ids.</returns>
    public IReadOnlyList<string> Learn(IMessage recorded, IMessage simulated)
    {
        _contradictions.Clear();
        Learn(recorded, simulated, "", isSame: Shape.Of(recorded).SequenceEqual(Shape.Of(simulated)));
        return [.. _contradictions.Distinct()];
    }

    /// <summary>The recorded request with the simulator's ids in it.</summary>
    public IMessage Translated(IMessage request)
    {
        foreach (var field in request.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.FieldType is not (FieldType.Int64 or FieldType.UInt64) || field.IsMap) continue;
            if (field.Accessor.GetValue(request) is IList list)
                for (var i = 0; i < list.Count; i++)
                    list[i] = Translated(list[i]!);
            else
                field.Accessor.SetValue(request, Translated(field.Accessor.GetValue(request)));
        }

        return request;
    }

    private void Learn(IMessage recorded, IMessage simulated, string path, bool isSame)
    {
        foreach (var field in recorded.Descriptor.Fields.InFieldNumberOrder())
        {
            var name = $"{path}.{field.Name}";
            var (left, right) = (field.Accessor.GetValue(recorded), field.Accessor.GetValue(simulated));
            if (left is IDictionary map && right is IDictionary other)
            {
                foreach (var key in map.Keys)
                    if (other.Contains(key)) Learn(map[key]!, other[key]!, name, isSame);
            }
            else if (left is IList lefts && right is IList rights)
                foreach (var (one, another) in Paired([.. lefts.Cast<object>()], [.. rights.Cast<object>()]))
                    Learn(one, another, name, isSame);
            else if (left is not null && right is not null)
                Learn(left, right, name, isSame);
        }
    }

    private void Learn(object recorded, object simulated, string path, bool isSame)
    {
        if (recorded is IMessage left && simulated is IMessage right) Learn(left, right, path, isSame);
        if (!IsId(recorded) || !IsId(simulated)) return;
        var (one, other) = (Text(recorded), Text(simulated));
        var isNew = _simulated.TryAdd(one, other);
        // A moment has as many names as there are clocks; an id has one on each side.
        if (Shape.IsTime(path)) return;
        var isFree = _recorded.TryAdd(other, one);
        if (isSame && ((!isNew && _simulated[one] != other) || (!isFree && _recorded[other] != one))) _contradictions.Add(path);
    }

    /// <summary>
    /// The elements of two lists in which an order means nothing: those that are known to stand for each other, and of the rest those that look the same, in the order
    /// of their ids, which both servers allot upwards.
    /// </summary>
    private IEnumerable<(object One, object Other)> Paired(List<object> lefts, List<object> rights)
    {
        var known = new List<(object, object)>();
        foreach (var left in lefts.ToList())
        {
            var at = Counterpart(left, rights);
            if (at < 0) continue;
            known.Add((left, rights[at]));
            rights.RemoveAt(at);
            lefts.Remove(left);
        }

        return known.Concat(lefts.OrderBy(Look, StringComparer.Ordinal).ThenBy(Order).Zip(rights.OrderBy(Look, StringComparer.Ordinal).ThenBy(Order)));
    }

    /// <summary>By an element's own id, or else by one that it lists: which of two plans gets its target first is a matter of chance, what they are made of is not.</summary>
    private int Counterpart(object left, List<object> rights)
    {
        if (FirstId(left) is { } id && _simulated.TryGetValue(id, out var other) && rights.FindIndex(right => FirstId(right) == other) is >= 0 and var own) return own;
        foreach (var listed in Listed(left))
            if (_simulated.TryGetValue(listed, out var counterpart) && rights.FindIndex(right => Listed(right).Contains(counterpart)) is >= 0 and var at) return at;
        return -1;
    }

    private static IEnumerable<string> Listed(object element) => element is not IMessage message ? [] : message.Descriptor.Fields.InFieldNumberOrder()
        .Select(field => field.Accessor.GetValue(message))
        .OfType<IList>()
        .SelectMany(list => list.Cast<object>().Where(IsId).Select(Text));

    private static string Look(object element) => element is IMessage message ? string.Join("; ", Shape.Of(message)) : "";

    private static string? FirstId(object element) => element switch
    {
        IMessage message => message.Descriptor.Fields.InFieldNumberOrder().Select(field => field.Accessor.GetValue(message)).FirstOrDefault(value => value is not null && IsId(value)) is { } id ? Text(id) : null,
        _ => IsId(element) ? Text(element) : null,
    };

    private static decimal Order(object element) => FirstId(element) is { } id ? decimal.Parse(id, CultureInfo.InvariantCulture) : 0;

    private object Translated(object id) => _simulated.TryGetValue(Text(id), out var other)
        ? Convert.ChangeType(other, id.GetType(), CultureInfo.InvariantCulture)
        : id;

    private static string Text(object id) => Convert.ToString(id, CultureInfo.InvariantCulture)!;

    [GeneratedRegex(@"(by-dev-[a-z-]*_|127\.0\.0\.1:)\d+")]
    private static partial Regex FreeNumber();

    [GeneratedRegex(@"\d{10,}")]
    private static partial Regex LongNumber();
}
