using System.Collections.Immutable;
using System.Globalization;
using Milvus.Optimize.Client.Wire;

namespace Milvus.Optimize.Host.Output;

/// <summary>Collections as a table.</summary>
internal static class CollectionList
{
    private static readonly string[] Heads = ["CLUSTER", "COLLECTION", "SEGMENTS", "ROWS", "LAST RUN", "SINCE (UTC)"];
    private static readonly string[] MoreHeads = ["L0", "GROWING", "ID", "RUN"];

    public static string Of(ImmutableArray<CollectionDocument> all, bool wide) => all.IsEmpty
        ? $"no collections{Environment.NewLine}"
        : Columns.Of([wide ? [.. Heads, .. MoreHeads] : Heads, .. all.Select(c => wide ? [.. Row(c), .. More(c)] : Row(c))]);

    private static string[] Row(CollectionDocument c) =>
    [
        c.Cluster,
        c.Database == "default" ? c.Name : $"{c.Database}.{c.Name}",
        c.Trouble ?? Number(c.Segments?.Flushed),
        Number(c.Segments?.Rows),
        c.LastRun?.State ?? "never",
        c.LastRun is { } run ? RunList.Time(run.Since) : "-",
    ];

    private static string[] More(CollectionDocument c) => [Number(c.Segments?.Level0), Number(c.Segments?.Growing), c.CollectionId, c.LastRun?.Id ?? "-"];

    private static string Number(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
