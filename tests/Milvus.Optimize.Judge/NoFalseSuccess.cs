namespace Milvus.Optimize.Judge;

/// <summary>I3: a run that claims success has the server's own log on its side; one that claims to have done nothing did nothing.</summary>
internal static class NoFalseSuccess
{
    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var rows = evidence.Journal.OrderBy(r => r.SequenceNr).ToLookup(r => r.Run);
        var server = new Server(evidence.Simulator);
        foreach (var end in evidence.Journal.Where(r => r.Manifest == "en1"))
        {
            var run = rows[end.Run].Where(r => r.SequenceNr <= end.SequenceNr).ToList();
            var why = end.Body.Text(2) switch
            {
                "Succeeded" => WhyNotMerged(run, end, server),
                "SucceededNoWork" when run.Any(r => r.Manifest == "ta1" && r.Body.Number(2) > 0) => "it says that there was nothing to do, and it started a compaction",
                _ => null,
            };
            if (why is not null) yield return new("I3", $"{end.Run}: {end.Body.Text(2)}, but {why}");
        }
    }

    private static string? WhyNotMerged(List<JournalRow> run, JournalRow end, Server server)
    {
        var began = run[0].At;
        var merges = server.Merges[end.CollectionId].Where(l => l.At >= began && l.At <= end.At).ToList();
        if (merges.Count == 0) return "no compaction of the collection ended while it ran";
        var standing = merges[^1].SegmentsAfter!.ToHashSet();
        // What a merge that the server forgot was to do proves nothing: the next list of candidates takes it in again.
        var sources = run.Skip(run.FindLastIndex(r => r.Manifest == "ml1") + 1).Where(r => r.Manifest == "pr1").SelectMany(r => r.Body.Messages(2)).SelectMany(p => p.Numbers(1)).Select(Text).ToHashSet();
        if (sources.FirstOrDefault(standing.Contains) is { } source) return $"segment {source}, which a plan was to merge, still stands on the server";

        // What the last list of candidates named must be gone, or stand in the end's own list: alone in its partition or shard.
        var claimed = end.Body.Messages(6).Select(s => Text(s.Number(1))).ToHashSet();
        var candidates = run.Last(r => r.Manifest == "cc1").Body.Messages(2).Select(s => Text(s.Number(1))).ToList();
        if (candidates.FirstOrDefault(c => standing.Contains(c) && !claimed.Contains(c)) is { } hidden) return $"segment {hidden} stands on the server, and its end does not say so";
        if (candidates.Count > 1 && candidates.All(standing.Contains)) return "all its candidates still stand on the server";
        if (WhyNotCovered(merges[^1], [.. candidates], claimed) is { } uncovered) return uncovered;
        if (WhyNotIndexed(run, end, merges, claimed, server) is { } unindexed) return unindexed;

        // What was written after the merge may have become a segment since.
        var writes = server.Writes.Any(l => l.At > began && l.At <= end.At);
        return !writes && claimed.FirstOrDefault(c => !standing.Contains(c)) is { } made ? $"it claims segment {made}, which the server does not have" : null;
    }

    /// <summary>What stands of the candidates stands alone, or a merge was left undone.</summary>
    private static string? WhyNotCovered(SimulatorLine last, HashSet<string> candidates, HashSet<string> claimed)
    {
        var mergeable = (last.SegmentsTogether ?? []).FirstOrDefault(g => g.Any(candidates.Contains) && g.Count(claimed.Contains) > 1);
        return mergeable is null ? null : $"candidate {mergeable.First(candidates.Contains)} stands beside {mergeable.Count - 1} more in its partition and shard, and was merged with none";
    }

    /// <summary>What a compaction of ours made, and the run claims, has every index. Where new rows kept coming the run says so.</summary>
    private static string? WhyNotIndexed(List<JournalRow> run, JournalRow end, List<SimulatorLine> merges, HashSet<string> claimed, Server server)
    {
        if (run.Any(r => r.Manifest == "wa1" && r.Body.Text(2) == "IndexesBehindIngest")) return null;
        var made = merges.Where(m => m.Foreign != true).SelectMany(m => m.SegmentsMade ?? []).Where(claimed.Contains).ToHashSet();
        made.RemoveWhere(m => server.Indexed[m].Any(l => l.At <= end.At));
        return made.Count == 0 ? null : $"the index of segment {made.First()}, which it made, is not built";
    }

    /// <summary>The server's log, each part by what it is asked for: there may be ten thousand runs.</summary>
    private sealed class Server(IEnumerable<SimulatorLine> lines)
    {
        public ILookup<string, SimulatorLine> Merges { get; } = lines.Where(l => l.Event == "compactionEnded").ToLookup(l => l.CollectionId ?? "");

        public ILookup<string, SimulatorLine> Indexed { get; } = lines.Where(l => l.Event == "segmentIndexed").ToLookup(l => l.SegmentId!);

        public IReadOnlyList<SimulatorLine> Writes { get; } = [.. lines.Where(l => l.Rpc is "Insert" or "Flush")];
    }

    private static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
