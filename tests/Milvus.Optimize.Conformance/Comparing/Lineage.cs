using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>What one server said of segments, as far as later answers of the same server have to agree: how many of a plan's sources were listed before it, how many of a list's segments were a target.</summary>
internal sealed class Lineage
{
    private readonly HashSet<long> _listed = [];
    private readonly HashSet<long> _targets = [];

    /// <summary>Takes an answer in.</summary>
    /// <returns>How many of its segments earlier answers told of, as a text that two servers must have alike; "" where that is not asked.</returns>
    public string See(IMessage? answer)
    {
        switch (answer)
        {
            case FlushResponse flush:
                _listed.UnionWith(flush.CollSegIDs.Values.SelectMany(one => one.Data));
                return "";
            case GetCompactionPlansResponse plans:
                var sources = plans.MergeInfos.SelectMany(plan => plan.Sources).ToList();
                _targets.UnionWith(plans.MergeInfos.Select(plan => plan.Target).Where(target => target > 0));
                return $"{sources.Count(_listed.Contains)} of {sources.Count} sources listed before";
            case GetPersistentSegmentInfoResponse list:
                var ids = list.Infos.Select(one => one.SegmentID).ToList();
                _listed.UnionWith(ids);
                return $"{ids.Count(_targets.Contains)} of {ids.Count} segments were a target";
            default:
                return "";
        }
    }
}
