using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Figures that a long test writes into a page of docs/evidence, between two comments that name them.</summary>
internal static class Evidence
{
    public static void Write(string page, string name, string text)
    {
        var (path, begin, end) = (Path.Combine(Repository.Root, "docs/evidence", page), $"<!-- {name} -->\n", $"<!-- /{name} -->");
        var whole = File.ReadAllText(path);
        var (from, to) = (whole.IndexOf(begin, StringComparison.Ordinal), whole.IndexOf(end, StringComparison.Ordinal));
        Assert.True(from >= 0 && to > from, $"{page} has no place for {name}");
        File.WriteAllText(path, $"{whole[..(from + begin.Length)]}{text.TrimEnd()}\n{whole[to..]}");
    }
}
