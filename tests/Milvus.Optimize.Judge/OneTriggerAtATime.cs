namespace Milvus.Optimize.Judge;

/// <summary>
/// I1: a collection's triggers never exceed the rights to send that its journal accepted, no two compactions of ours run on it at once, and no call of ours
/// touches a collection that it did not name.
/// </summary>
internal static class OneTriggerAtATime
{
    public static IEnumerable<Violation> Find(Evidence evidence)
    {
        var calls = evidence.Simulator.Where(l => l.IsTrigger).ToList();
        var received = calls.CountBy(c => c.CollectionId ?? "").ToDictionary();
        var known = new HashSet<string?>();
        foreach (var history in evidence.Histories)
        {
            var id = history.First().CollectionId;
            var intents = history.Count(r => r.Manifest == "ia1");
            var notSent = history.Count(r => r.Manifest == "tn1");
            known.Add(id);
            if (received.GetValueOrDefault(id) > intents - notSent)
                yield return new("I1", $"{history.Key}: the server received {received.GetValueOrDefault(id)} triggers, and the journal accepted {intents} intents, {notSent} of them proven not sent");
        }

        foreach (var stray in calls.Where(c => !known.Contains(c.CollectionId)))
            yield return new("I1", $"a trigger for collection {stray.CollectionId}, of which no journal knows");
        foreach (var call in calls.Where(c => c.TouchedUnnamed is { Count: > 0 }))
            yield return new("I1", $"a trigger for collection {call.CollectionId} touched {string.Join(", ", call.TouchedUnnamed!)}");
        foreach (var call in calls.Where(c => c is { Started: true, Overlaps: > 0 }))
            yield return new("I1", $"collection {call.CollectionId}: compaction {call.CompactionId} was started while {call.Overlaps} more of ours or of others ran");
    }
}
