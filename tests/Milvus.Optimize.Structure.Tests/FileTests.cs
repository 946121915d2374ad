using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Structure.Tests;

public sealed partial class FileTests
{
    private static readonly string[] NotOurs = [".git", "bin", "obj", "TestResults", "artifacts", ".vs"];
    private static readonly string[] Texts = [".cs", ".csproj", ".props", ".sln", ".md", ".json", ".jsonl", ".txt", ".proto", ".yml", ".yaml", ".sh", ".hocon", ".editorconfig", ""];

    private static readonly List<string> Files = [.. In(Repository.Root).Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))];

    [Fact]
    public void No_source_file_is_longer_than_350_lines() => Assert.DoesNotContain(
        Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".cs", StringComparison.Ordinal)), f => Lines(f) > 350);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Read("Milvus.Optimize.Actors.sln").Replace('\\', '/');
        Assert.All(Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal)), f => Assert.Contains($"\"{f}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_project_in_the_solution_is_there() => Assert.Empty(
        ProjectPath().Matches(Repository.Read("Milvus.Optimize.Actors.sln")).Select(m => m.Groups[1].Value.Replace('\\', '/')).Except(Files));

    [Fact]
    public void No_file_names_a_path_of_the_machine_it_was_written_on() => Assert.DoesNotContain(
        Files.Where(f => Texts.Contains(Path.GetExtension(f))), f => MachinePath().IsMatch(Repository.Read(f)));

    [Fact]
    public void Decisions_are_numbered_without_a_gap()
    {
        var numbers = Files.Where(f => f.StartsWith("docs/adr/", StringComparison.Ordinal)).Select(f => int.Parse(Path.GetFileName(f)[..4])).Order().ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
        Assert.True(numbers.Count >= 5);
    }

    private static IEnumerable<string> In(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(In));

    private static int Lines(string file) => File.ReadLines(Path.Combine(Repository.Root, file)).Count();

    // Written so that this file is none of them. A URL may have such a path; a path of its own begins after a space or a quote.
    [GeneratedRegex("(?<![\\w.:/-])/(?:work|root|home/[a-z]+)/[\\w.-]|[\\w)]/bin/(?:Debug|Release)\\b")]
    private static partial Regex MachinePath();

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();
}
