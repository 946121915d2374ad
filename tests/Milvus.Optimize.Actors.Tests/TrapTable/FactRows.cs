using System.Text.RegularExpressions;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>
/// The rows of sections 14 and 17 of milvus-facts.md by short names, because the tests may not read that file: each has a line of the table, or a reason here why
/// no run can show it.
/// </summary>
internal static partial class FactRows
{
    public static IReadOnlyList<string> All { get; } =
    [
        "14: target size", "14: candidates", "14: nothing to do", "14: overlap", "14: queueing", "14: after the end", "14: failure", "14: unknown id", "14: restart",
        "14: DescribeIndex", "14: index registration", "14: index failure", "14: list of segments", "14: refresh", "14: query view", "14: auto compaction and sort",
        "14: groups", "14: rights", "14: database header", "14: rate limit", "14: compaction disabled", "14: transport", "14: version", "14: deletes and age", "14: ids",
        "17.1: no id", "17.1: id of none", "17.1: nothing to do", "17.1: second trigger", "17.1: auto compaction", "17.1: one segment", "17.1: shards", "17.1: partition key",
        "17.1: state of no id", "17.1: after the end", "17.1: dropped", "17.1: killed", "17.1: starting",
        "17.2: timestamp", "17.2: field name", "17.2: no index", "17.2: query view", "17.2: refresh", "17.2: not loaded", "17.2: list of segments", "17.2: sizes",
        "17.2: success", "17.2: codes", "17.2: databases", "17.2: flush", "17.2: rights",
        "17.3: missing calls", "17.3: refresh", "17.3: pings",
        "17.4: list by collection", "17.4: plans", "17.4: segments", "17.4: old server",
        "17.5: figures",
    ];

    /// <summary>Rows without a line.</summary>
    public static IReadOnlyDictionary<string, string> Reasons { get; } = new Dictionary<string, string>
    {
        ["14: ids"] = "Every id of every line is above 2^53; none passes through a double on either side.",
        ["17.1: id of none"] = "Neither sends one: pymilvus sends no id, and ours is the one that the server has just given for the name.",
        ["17.1: state of no id"] = "Neither asks for one there: this server answers every trigger with an id above 0.",
        ["17.2: field name"] = "Neither asks by field: pymilvus goes by the index's name, and ours asks for all.",
        ["17.2: sizes"] = "Neither reads mem_size.",
        ["17.2: success"] = "An empty status is what every call that went well in every line answers.",
        ["17.3: pings"] = "It takes minutes without an answer to meet, which no call here lasts; ours pings once a minute, with calls in flight alone.",
        ["17.5: figures"] = "Seconds and calls on a real server, which the simulator's are not; docs/evidence/real-server.md has ours beside them.",
    };

    /// <summary>"12.2 #5; 14: failure, overlap" is the two rows of section 14.</summary>
    public static IEnumerable<string> Of(string facts) =>
        from part in facts.Split("; ")
        let section = Section().Match(part)
        where section.Success
        from name in section.Groups[2].Value.Split(", ")
        select $"{section.Groups[1].Value}: {name}";

    [GeneratedRegex("^(14|17[.0-9]*)(?:: )?(.*)$")]
    private static partial Regex Section();
}
