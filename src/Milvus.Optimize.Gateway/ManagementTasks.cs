using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Port 9091's list of compactions as Core's values. Newer servers write ids and times as text, older ones as numbers; all leave out what is 0 or empty. An
/// entry counts only where it says that it merges segments of the collection, which ones, and how far it is.
/// </summary>
internal static class ManagementTasks
{
    public static ImmutableArray<ListedTask> Of(JsonElement answer, long collectionId) =>
        answer.ValueKind == JsonValueKind.Array ? [.. answer.EnumerateArray().Select(entry => Merge(entry, collectionId)).OfType<ListedTask>()] : [];

    private static ListedTask? Merge(JsonElement entry, long collectionId)
    {
        if (entry.ValueKind != JsonValueKind.Object || Number(entry, "collection_id") != collectionId || Text(entry, "type") != "MixCompaction") return null;
        if (Sources(entry) is not { } sources || State(entry) is not { } state) return null;
        return new(sources, Observations.IsAtWork(state), Start(entry));
    }

    /// <summary>Null unless every one can be read.</summary>
    private static ImmutableArray<long>? Sources(JsonElement entry)
    {
        if (!entry.TryGetProperty("input_segments", out var listed) || listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() == 0) return null;
        var sources = listed.EnumerateArray().Select(Number).ToList();
        return sources.TrueForAll(s => s > 0) ? [.. sources.Select(s => s!.Value)] : null;
    }

    /// <summary>Null for a name that is none of those that the compaction calls know.</summary>
    private static CompactionTaskState? State(JsonElement entry)
    {
        var name = Text(entry, "state")?.Replace("_", "", StringComparison.Ordinal);
        return Enum.GetValues<CompactionTaskState>().Where(s => s != CompactionTaskState.Unknown && s.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(s => (CompactionTaskState?)s).FirstOrDefault();
    }

    // A time without its zone may be hours off.
    private static DateTimeOffset? Start(JsonElement entry)
    {
        if (Number(entry, "start_time") is { } seconds) return seconds is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        var told = DateTime.TryParseExact(
            Text(entry, "start_time"), "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time);
        return told && time.Kind != DateTimeKind.Unspecified ? new DateTimeOffset(time) : null;
    }

    private static long? Number(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? Number(value) : null;

    private static long? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
