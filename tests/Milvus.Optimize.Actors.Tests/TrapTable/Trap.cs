namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>One thing that a server does, and the scenario of the simulator that does it.</summary>
/// <param name="Facts">Where milvus-facts.md tells of it: 12.2 by its row, or the section.</param>
/// <param name="About">What happens.</param>
/// <param name="IsSlow">Not among the tests of every run.</param>
/// <param name="IsRace">How it ends depends on whether somebody else's work outlasts our first steps: in the table, and not played again.</param>
internal sealed record Trap(string Facts, string About, string Scenario, string Generation = "g4", string Collection = "books", int Callers = 1, bool IsSlow = false, bool IsRace = false)
{
    public static IReadOnlyList<Trap> All { get; } =
    [
        new("14", "nothing goes wrong", "pleasant", IsSlow: true),
        new("12.2 #1", "the index build of the merged segment fails", "index-failure"),
        new("12.2 #1", "an index build failed long before", "failed-index-before", IsSlow: true),
        new("12.2 #3", "every segment is busy: the id is -1", "busy", IsRace: true),
        new("12.2 #4, #5; 14", "the plan fails, the state is Completed", "failed-plans"),
        new("12.2 #5; 14", "the plan is forgotten half-way", "forgotten-plans"),
        new("14", "the plan's record is lost with its end", "metadata-lost", IsSlow: true),
        new("12.2 #5; 14", "one of two plans cannot be queued", "enqueue-fails", IsSlow: true),
        new("12.2 #6; 14", "half of the segments are busy", "half-busy", IsRace: true),
        new("12.2 #6; 14", "half of the segments are not sorted, and never will be", "unsorted", IsSlow: true),
        new("12.2 #6", "rows that were never flushed", "growing", IsSlow: true),
        new("14", "half of the segments are held by a snapshot", "snapshot", IsSlow: true),
        new("12.2 #7", "a scalar index is built last", "scalar-index", IsSlow: true),
        new("12.2 #8", "the collection is not loaded", "unloaded", IsSlow: true),
        new("12.2 #9", "the refreshed load never gets ready", "memory-short", IsSlow: true),
        new("12.2 #9; 17.3", "Milvus Lite: never compacts, never tells of a refresh", "pleasant", "lite", IsSlow: true),
        new("12.2 #13", "two callers at once", "pleasant", Callers: 2),
        new("12.2 #13; 17.1", "2.3: two callers at once", "pleasant", "2.3", Callers: 2, IsSlow: true),
        new("12.2 #14; 14", "the trigger is carried out and its answer lost", "unavailable-after"),
        new("12.2 #14; 14", "the trigger is lost before it is carried out", "unavailable-before", IsSlow: true),
        new("12.2 #14; 14", "the connection is cut under the trigger", "connection-cut", IsSlow: true),
        new("12.2 #19", "one segment: nothing to gain", "merged"),
        new("12.2 #19", "an empty collection", "pleasant", Collection: "empty"),
        new("14", "no index record for half a minute after the merge", "index-gap", IsSlow: true),
        new("14", "lists of segments fail with code 600", "segment-lost", IsSlow: true),
        new("14", "the rate limit refuses three times", "rate-limited", IsSlow: true),
        new("14", "compaction is disabled", "compaction-disabled"),
        new("17.1", "2.3: no index, a positive id, no plan", "no-index", "2.3"),
        new("17.1", "2.3: an empty collection; without its id every other one is compacted", "pleasant", "2.3", "empty"),
        new("17.1", "2.3: every segment busy, a positive id, no plan", "busy", "2.3", IsRace: true),
        new("17.1", "2.3: the plan is forgotten half-way", "forgotten-plans", "2.3", IsSlow: true),
        new("17.1", "two shards: two segments are the least", "two-shards", IsSlow: true),
        new("17.1", "2.3: one segment: the server would rewrite it", "merged", "2.3", IsSlow: true),
        new("17.1", "a partition key: one segment a partition is the least", "partition-key", IsSlow: true),
        new("17.1; 14", "the server merges by itself, under an id that nobody is told", "auto-compaction", IsSlow: true),
        new("17.1; 14", "the server is starting: connections are accepted and nothing is said", "starting", IsSlow: true),
        new("17.2", "2.3: rows that were never flushed are in no list", "growing", "2.3", IsSlow: true),
        new("17.2", "2.3: no segment says that it is sorted", "unsorted", "2.3", IsSlow: true),
        new("17.2", "2.3: not loaded: a refresh is refused with code 101", "unloaded", "2.3", IsSlow: true),
        new("17.4", "the server lists the collection's compactions, and every segment is in one", "busy", "g6", IsSlow: true),
        new("17.4", "the server lists them, and the trigger's answer is lost", "unavailable-after", "g6", IsSlow: true),
        new("14", "the first size-aware servers take every size for their own choice", "pleasant", "g1", IsSlow: true),
        new("14", "the next ones read it as bytes", "pleasant", "g2", IsSlow: true),
        new("14", "every index is called Finished, whatever is built", "indexes-look-finished", IsSlow: true),
        new("14", "for ten seconds after the merge lists of segments fail", "segments-drop", IsSlow: true),
        new("14", "the plan's worker fails and the plan is given to another", "retried-plan", IsSlow: true),
        new("14", "a third of the rows is deleted or too old", "deletes-and-age", IsSlow: true),
        new("14", "the trigger does nothing and never answers", "hang", IsSlow: true),
        new("14", "the trigger is carried out and never answers", "hang-after", IsSlow: true),
        new("14", "GOAWAY on the trigger's connection", "go-away", IsSlow: true),
        new("14", "more data than one segment may hold", "large", IsSlow: true),
        new("14", "every call needs a password, and there is none", "denied", IsSlow: true),
    ];

    public override string ToString() => $"{Scenario}, {Generation}, {Collection}{(Callers > 1 ? $", {Callers} callers" : "")}";
}
