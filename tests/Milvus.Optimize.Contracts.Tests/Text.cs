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

    /// <summary>Members that 0.1.0 did not have, where they say nothing, and what follows from others: the golden texts stay as they are.</summary>
    private static void LeaveOutWhatIsNew(JsonTypeInfo type)
    {
        if (type.Type == typeof(Lane)) Leave(nameof(Lane.Beside), lane => ((Lane)lane).Beside.IsEmpty);
        if (type.Type != typeof(RunFacts)) return;
        Leave(nameof(RunFacts.Minimum), facts => ((RunFacts)facts).Minimum is null);
        Leave(nameof(RunFacts.LeftOut), facts => ((RunFacts)facts).LeftOut is null);
        Leave(nameof(RunFacts.Merges), _ => true);

        void Leave(string member, Func<object, bool> saysNothing) => type.Properties.Single(p => p.Name == member).ShouldSerialize = (of, _) => !saysNothing(of);
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
