using System.Globalization;
using System.Reflection;
using Milvus.Optimize.Contracts.Tests;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// Where tests say what they measured: on their output, and of a long one, whose output nobody keeps, in docs/evidence/cluster-long.md too, in a section of
/// its own that its next run writes anew.
/// </summary>
internal sealed class Figures(ITestOutputHelper output) : ITestOutputHelper
{
    private const string Page = "docs/evidence/cluster-long.md";
    private static readonly Lock Gate = new();
    private readonly ITest _test = (ITest)output.GetType().GetField("test", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(output)!;
    private readonly List<string> _said = [];

    private bool IsLong => _test.TestCase.Traits.TryGetValue("Category", out var values) && values.Contains("Long");

    public void WriteLine(string message)
    {
        output.WriteLine(message);
        if (!IsLong) return;
        _said.Add(message);
        lock (Gate) Write(_test.DisplayName.Replace($"{typeof(Figures).Namespace}.", "", StringComparison.Ordinal));
    }

    public void WriteLine(string format, params object[] args) => WriteLine(string.Format(CultureInfo.InvariantCulture, format, args));

    private void Write(string name)
    {
        var path = Path.Combine(Repository.Root, Page);
        var sections = File.ReadAllText(path).Split("\n## ").Select(s => s.Trim()).ToList();
        sections.RemoveAll(s => s.StartsWith(name + "\n", StringComparison.Ordinal));
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        sections.Add($"{name}\n\n{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, {Environment.ProcessorCount} cores, load average {load} at the last line:\n\n{string.Join('\n', _said.Select(s => $"- {s}"))}");
        File.WriteAllText(path, string.Join("\n\n## ", sections.Take(1).Concat(sections.Skip(1).Order(StringComparer.Ordinal))) + "\n");
    }
}
