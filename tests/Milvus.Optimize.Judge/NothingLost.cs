namespace Milvus.Optimize.Judge;

/// <summary>I2: a run that somebody was told of is in the journal, and once the faults are over it has ended or waits for a person.</summary>
internal static class NothingLost
{
    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var started = evidence.Journal.Where(r => r.Manifest == "st1").Select(r => r.Run).ToHashSet();
        foreach (var run in evidence.Clients.Select(c => c.Run).Distinct().Where(r => !started.Contains(r)))
            yield return new("I2", $"{run}: a client was told of it, and the journal does not know it");
        if (!evidence.MustBeOver) yield break;
        foreach (var run in evidence.Journal.Where(r => r.Run.Length > 0).GroupBy(r => r.Run))
        {
            var last = run.OrderBy(r => r.SequenceNr).Last(r => r.Manifest is "en1" or "on1" or "rr1" or "st1").Manifest;
            if (last is "st1" or "rr1") yield return new("I2", $"{run.Key}: it neither ended nor waits for a person");
        }
    }
}
