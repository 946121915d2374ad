namespace Milvus.Optimize.Conformance;

/// <summary>Scenarios that one recorded server lived through, one after the other.</summary>
internal sealed record Section(ServerKind Server, IReadOnlyList<string> Scenarios)
{
    /// <summary>The scenarios of a folder by the servers they ran on: a comment in <c>order.txt</c> begins a new one, or one for each scenario.</summary>
    public static IReadOnlyList<Section> Of(string folder)
    {
        var sections = new List<(string Heading, List<string> Scenarios)>();
        foreach (var line in RecordedCall.Order(folder))
        {
            if (line[0] == '#') sections.Add((line, []));
            else sections[^1].Scenarios.Add(line);
        }

        return [.. sections.SelectMany(one => one.Heading.Contains("each", StringComparison.Ordinal)
            ? one.Scenarios.Select(scenario => new Section(scenario.EndsWith("-starting", StringComparison.Ordinal) ? ServerKind.Starting : ServerKind.Killed, [scenario]))
            : [new Section(one.Heading.Contains("authorization", StringComparison.Ordinal) ? ServerKind.Guarded : ServerKind.Plain, one.Scenarios)])];
    }
}

/// <summary>What a recorded server was before its first recorded call, and what happens to it off the record.</summary>
internal enum ServerKind
{
    /// <summary>Empty, without auto compaction.</summary>
    Plain,

    /// <summary>With authorization, a user "viewer" and a loaded collection "z_books".</summary>
    Guarded,

    /// <summary>Empty; killed and started again in the middle.</summary>
    Killed,

    /// <summary>Holds "r_books" of an earlier life, and says nothing at first.</summary>
    Starting,
}
