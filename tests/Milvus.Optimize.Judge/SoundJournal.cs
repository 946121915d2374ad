namespace Milvus.Optimize.Judge;

/// <summary>I5: no gap and no duplicate in a history, owners one after the other, rights to send one after the other, one end a run and nothing but evidence after it.</summary>
internal static class SoundJournal
{
    // As docs/events.md lists them.
    private static readonly HashSet<string> Manifests =
    [
        "ow1", "st1", "jo1", "ci1", "cn1", "fs1", "fc1", "iw1", "ib1", "cc1", "me1", "ia1", "ta1", "tn1", "tr1", "tu1", "lo1", "rc1", "ns1", "pr1", "ml1", "ce1", "ls1", "le1", "sr1", "ro1",
        "wa1", "cr1", "on1", "rr1", "lf1", "en1",
    ];

    public static IEnumerable<Violation> Find(Evidence evidence) => evidence.Histories.SelectMany(h => Faults([.. h]).Select(f => new Violation("I5", f)));

    private static IEnumerable<string> Faults(List<JournalRow> history)
    {
        var epoch = 0L;
        var attempts = new Dictionary<string, long>();
        var ended = new HashSet<string>();
        var expected = 1L;
        string? live = null;
        foreach (var row in history)
        {
            if (row.SequenceNr != expected) yield return $"{row}: number {expected} was to come";
            expected = row.SequenceNr + 1;
            if (!Manifests.Contains(row.Manifest)) yield return $"{row}: an unknown event";
            if (row.Manifest == "ow1" ? row.Epoch <= epoch : row.Epoch < epoch) yield return $"{row}: epoch {row.Epoch} after {epoch}";
            epoch = Math.Max(epoch, row.Epoch);
            if (row.Manifest == "st1" && live is not null) yield return $"{row}: {live} had not ended";
            if (row.Manifest == "st1") live = row.Run;
            if (row.Manifest == "ia1" && row.Attempt <= attempts.GetValueOrDefault(row.Run)) yield return $"{row}: attempt {row.Attempt} was accepted before";
            if (row.Manifest == "ia1") attempts[row.Run] = row.Attempt;
            if (ended.Contains(row.Run) && row.Manifest is not ("lo1" or "lf1")) yield return $"{row}: {row.Run} had ended";
            if (row.Manifest != "en1") continue;
            ended.Add(row.Run);
            if (live == row.Run) live = null;
        }
    }
}
