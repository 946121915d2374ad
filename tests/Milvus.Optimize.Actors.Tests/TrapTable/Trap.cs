namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>One thing that a server does, and the scenario of the simulator that does it.</summary>
/// <param name="Facts">Where milvus-facts.md tells of it: 12.2 by its rows, 14 and 17 by the rows' names in <see cref="FactRows"/>, or the section.</param>
/// <param name="About">What happens.</param>
/// <param name="IsSlow">Not among the tests of every run.</param>
/// <param name="IsRace">How it ends depends on whether somebody else's work outlasts our first steps: in the table, and not played again.</param>
/// <param name="ShowsView">What the query nodes serve when the caller is told belongs to the line.</param>
internal sealed record Trap(string Facts, string About, string Scenario, string Generation = "g4", string Collection = "books", int Callers = 1, bool IsSlow = false, bool IsRace = false,
    bool ShowsView = false)
{
    public static IReadOnlyList<Trap> All { get; } =
    [
        new("14: after the end", "nothing goes wrong", "pleasant", IsSlow: true),
        new("12.2 #1; 14: index failure", "the index build of the merged segment fails", "index-failure"),
        new("12.2 #1", "an index build failed long before", "failed-index-before", IsSlow: true),
        new("12.2 #3; 14: nothing to do, overlap", "every segment is busy: the id is -1", "busy", IsRace: true),
        new("12.2 #4, #5; 14: failure", "the plan fails, the state is Completed", "failed-plans"),
        new("12.2 #5; 14: unknown id", "the plan is forgotten half-way", "forgotten-plans"),
        new("14: unknown id", "the plan's record is lost with its end", "metadata-lost", IsSlow: true),
        new("12.2 #5; 14: queueing", "one of two plans cannot be queued", "enqueue-fails", IsSlow: true),
        new("12.2 #6; 14: overlap", "half of the segments are busy", "half-busy", IsRace: true),
        new("12.2 #6; 14: candidates", "half of the segments are not sorted, and never will be", "unsorted", IsSlow: true),
        new("12.2 #6", "rows that were never flushed", "growing", IsSlow: true),
        new("14: candidates", "half of the segments are held by a snapshot", "snapshot", IsSlow: true),
        new("12.2 #7", "a scalar index is built last", "scalar-index", IsSlow: true),
        new("12.2 #8; 14: refresh", "the collection is not loaded", "unloaded", IsSlow: true),
        new("12.2 #9; 14: query view", "the refreshed load never gets ready", "memory-short", IsSlow: true),
        new("12.2 #9; 14: nothing to do, refresh; 17.3: missing calls, refresh", "Milvus Lite: never compacts, never tells of a refresh", "pleasant", "lite", IsSlow: true),
        new("12.2 #13", "two callers at once", "pleasant", Callers: 2),
        new("12.2 #13; 17.1: second trigger", "2.3: two callers at once", "pleasant", "2.3", Callers: 2, IsSlow: true),
        new("12.2 #14; 14: transport", "the trigger is carried out and its answer lost", "unavailable-after"),
        new("12.2 #14; 14: transport", "the trigger is lost before it is carried out", "unavailable-before", IsSlow: true),
        new("12.2 #14; 14: transport", "the connection is cut under the trigger", "connection-cut", IsSlow: true),
        new("12.2 #19", "one segment: nothing to gain", "merged"),
        new("12.2 #19", "an empty collection", "pleasant", Collection: "empty"),
        new("14: index registration", "no index record for half a minute after the merge", "index-gap", IsSlow: true),
        new("14: list of segments", "lists of segments fail with code 600", "segment-lost", IsSlow: true),
        new("14: rate limit", "the rate limit refuses three times", "rate-limited", IsSlow: true),
        new("14: compaction disabled", "compaction is disabled", "compaction-disabled"),
        new("17.1: nothing to do; 17.2: no index", "2.3: no index, a positive id, no plan", "no-index", "2.3"),
        new("17.1: no id, nothing to do", "2.3: an empty collection; without its id every other one is compacted", "pleasant", "2.3", "empty"),
        new("17.1: nothing to do", "2.3: every segment busy, a positive id, no plan", "busy", "2.3", IsRace: true),
        new("17.1: killed", "2.3: the plan is forgotten half-way", "forgotten-plans", "2.3", IsSlow: true),
        new("14: groups; 17.1: shards", "two shards: two segments are the least", "two-shards", IsSlow: true),
        new("17.1: one segment", "2.3: one segment: the server would rewrite it", "merged", "2.3", IsSlow: true),
        new("14: groups; 17.1: partition key", "a partition key: one segment a partition is the least", "partition-key", IsSlow: true),
        new("14: transport; 17.1: starting", "the server is starting: connections are accepted and nothing is said", "starting", IsSlow: true),
        new("17.2: list of segments", "2.3: rows that were never flushed are in no list", "growing", "2.3", IsSlow: true),
        new("17.2: list of segments", "2.3: no segment says that it is sorted", "unsorted", "2.3", IsSlow: true),
        new("17.2: refresh, not loaded", "2.3: not loaded: a refresh is refused with code 101", "unloaded", "2.3", IsSlow: true),
        new("17.4: list by collection", "the server lists the collection's compactions, and every segment is in one", "busy", "g6", IsSlow: true),
        new("17.4: list by collection", "the server lists them, and the trigger's answer is lost", "unavailable-after", "g6", IsSlow: true),
        new("14: target size", "the first size-aware servers take every size for their own choice", "pleasant", "g1", IsSlow: true),
        new("14: target size", "the next ones read it as bytes", "pleasant", "g2", IsSlow: true),
        new("14: DescribeIndex", "every index is called Finished, whatever is built", "indexes-look-finished", IsSlow: true),
        new("14: list of segments", "for ten seconds after the merge lists of segments fail", "segments-drop", IsSlow: true),
        new("14: failure", "the plan's worker fails and the plan is given to another", "retried-plan", IsSlow: true),
        new("14: deletes and age", "a third of the rows is deleted or too old", "deletes-and-age", IsSlow: true),
        new("14: transport", "the trigger does nothing and never answers", "hang", IsSlow: true),
        new("14: transport", "the trigger is carried out and never answers", "hang-after", IsSlow: true),
        new("14: transport", "GOAWAY on the trigger's connection", "go-away", IsSlow: true),
        new("14: groups", "more data than one segment may hold", "large", IsSlow: true),
        new("14: rights", "every call needs a password, and there is none", "denied", IsSlow: true),
        new("14: unknown id", "up to 2.2: the plan's record is lost with its end, and what is not known is called executing for ever", "executing-for-ever"),
        new("14: target size", "older servers know no size: plain compaction runs", "pleasant", "g0", IsSlow: true),
        new("14: candidates", "the first size-aware servers take what is not sorted, too", "unsorted", "g1", IsSlow: true),
        new("14: refresh, query view", "a refresh is called done from the first moment on, and the old segments are served for a minute more", "refresh-looks-done", IsSlow: true, ShowsView: true),
        new("14: version", "the version is no number", "odd-version", IsSlow: true),
        new("1.5", "what snapshots hold is not read yet: every merge is refused with a code that says nothing", "snapshots-unread", IsSlow: true),
        new("1.9", "3.0: the rows lie in somebody else's storage", "external", "g5", IsSlow: true),
        new("17.1: after the end", "2.3: nothing goes wrong", "pleasant", "2.3", IsSlow: true),
        new("17.1: nothing to do", "2.3: nothing but rows that were never flushed", "growing", "2.3", "fresh", IsSlow: true),
        new("17.2: timestamp", "2.3: asked with timestamp 0 the index is finished all the time", "index-gap", "2.3", IsSlow: true),
        new("17.2: query view", "2.3: a refresh is called done from the first moment on, and the old segments are served for a minute more", "refresh-looks-done", "2.3", IsSlow: true, ShowsView: true),
        new("17.2: codes", "2.3: there is no such collection", "pleasant", "2.3", "nowhere", IsSlow: true),
        new("17.2: codes", "2.3: no collection can have such a name", "pleasant", "2.3", "a-b", IsSlow: true),
        new("17.4: plans", "the server says that the plan failed, and why", "failed-plans", "g6", IsSlow: true),
        new("17.4: segments", "the server says in which shard a segment is", "two-shards", "g6", IsSlow: true),
        new("17.4: old server", "2.3: the trigger's answer is lost, and asked for a collection's compactions the server would name those of all", "unavailable-after", "2.3", IsRace: true),
    ];

    public override string ToString() => $"{Scenario}, {Generation}, {Collection}{(Callers > 1 ? $", {Callers} callers" : "")}";
}
