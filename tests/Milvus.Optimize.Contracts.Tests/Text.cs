using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Events and states as text: records that hold arrays are not equal by value, their JSON is.</summary>
internal static class Text
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsNew } },
    };

    /// <summary>Members that 0.1.0 did not have, where they say nothing: the golden texts stay as they are.</summary>
    private static void LeaveOutWhatIsNew(JsonTypeInfo type)
    {
        if (type.Type != typeof(Lane)) return;
        type.Properties.Single(p => p.Name == nameof(Lane.Beside)).ShouldSerialize = (lane, _) => !((Lane)lane).Beside.IsEmpty;
    }

    public static string Of(object o) => JsonSerializer.Serialize(o, o.GetType(), Options);

    /// <summary>Sets are sorted: their own order changes from process to process.</summary>
    public static string Of(CollectionState s) => Of(new
    {
        s.Revision,
        s.Epoch,
        Requests = new SortedDictionary<string, KnownRequest>(s.Requests.ToDictionary(), StringComparer.Ordinal),
        s.Lane,
        LastProven = s.LastProven is { } p ? new { p.TargetSize, Segments = p.Segments.Order() } : null,
        Stage = s.Run.GetType().Name,
        Run = (object)s.Run,
    });
}
