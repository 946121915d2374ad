using System.Globalization;
using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>
/// What one server said of where its segments come from. A segment's ancestry is spelt by rows and not by ids, "3000 of (1200, 1800)", so that two servers that
/// merged the same into the same spell the same; the plans that led there are spelt with it, those that ran and have no target yet too.
/// </summary>
internal sealed class Lineage
{
    private readonly Dictionary<long, long> _rows = [];
    private readonly Dictionary<long, List<long>> _sources = [];
    private readonly HashSet<long> _flushed = [];

    /// <summary>Takes an answer in.</summary>
    /// <returns>The ancestry of its segments as far as earlier answers told of it, as a text that two servers must have alike; "" where that is not asked.</returns>
    public string See(IMessage? answer)
    {
        switch (answer)
        {
            case FlushResponse flush:
                _flushed.UnionWith(flush.CollSegIDs.Values.SelectMany(one => one.Data));
                return "";
            case GetCompactionPlansResponse plans:
                foreach (var plan in plans.MergeInfos.Where(plan => plan.Target > 0)) _sources[plan.Target] = [.. plan.Sources];
                return Sorted(plans.MergeInfos.Select(plan => $"{(plan.Target > 0 ? "a target" : "none yet")} of ({Sorted(plan.Sources.Select(Ancestry))})"));
            case GetPersistentSegmentInfoResponse list:
                foreach (var one in list.Infos) _rows[one.SegmentID] = one.NumRows;
                return Sorted(list.Infos.Select(one => Ancestry(one.SegmentID)));
            case GetQuerySegmentInfoResponse served:
                foreach (var one in served.Infos) _rows[one.SegmentID] = one.NumRows;
                return Sorted(served.Infos.Select(one => Ancestry(one.SegmentID)));
            default:
                return "";
        }
    }

    private string Ancestry(long segment)
    {
        var rows = _rows.TryGetValue(segment, out var number) ? number.ToString(CultureInfo.InvariantCulture) : _flushed.Contains(segment) ? "flushed" : "unseen";
        return _sources.TryGetValue(segment, out var sources) ? $"{rows} of ({Sorted(sources.Select(Ancestry))})" : rows;
    }

    private static string Sorted(IEnumerable<string> texts) => string.Join(", ", texts.Order(StringComparer.Ordinal));
}
