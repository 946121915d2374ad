namespace Milvus.Optimize.Judge;

/// <summary>I4: what one client sees of one run never goes back, and an end is final.</summary>
internal static class NeverBackwards
{
    public static IEnumerable<Violation> Find(Evidence evidence) =>
        from seen in evidence.Clients.GroupBy(c => (c.Client, c.Run))
        from pair in seen.Zip(seen.Skip(1), (before, after) => (Before: before, After: after))
        let why = pair.After.Revision < pair.Before.Revision ? $"revision {pair.Before.Revision} was followed by {pair.After.Revision}"
            : pair.Before.Done && (!pair.After.Done || pair.After.State != pair.Before.State) ? $"{pair.Before.State} was final, and {pair.After.State} followed"
            : null
        where why is not null
        select new Violation("I4", $"{seen.Key.Run} as {seen.Key.Client} saw it: {why}");
}
