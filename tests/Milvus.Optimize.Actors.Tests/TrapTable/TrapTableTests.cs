using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Actors.Tests.TrapTable;

/// <summary>What pymilvus's algorithm reports of each trap, and what a run of ours does: each line of docs/evidence/traps.md is played again.</summary>
public sealed partial class TrapTableTests
{
    private const string Page = "docs/evidence/traps.md";
    internal const double Speed = 60;
    internal static readonly TimeSpan PythonsPatience = TimeSpan.FromSeconds(8);

    internal static OptimizeOptions Options { get; } = OptimizeHost.Quick with
    {
        Policy = OptimizeHost.Quick.Policy with
        {
            SortPatience = TimeSpan.FromSeconds(1),
            RefreshPatience = TimeSpan.FromSeconds(3),
            FruitlessWindow = TimeSpan.FromSeconds(15),
            LeftOutPatience = TimeSpan.FromSeconds(3),
        },
    };

    public static TheoryData<string> Quick => [.. Trap.All.Where(t => t is { IsSlow: false, IsRace: false }).Select(t => t.ToString())];

    public static TheoryData<string> QuickEncounters => [.. Encounters.All.Where(e => e is { IsSlow: false, IsRace: false }).Select(e => e.About)];

    public static TheoryData<string> SlowEncounters => [.. Encounters.All.Where(e => e is { IsSlow: true, IsRace: false }).Select(e => e.About)];

    public static TheoryData<string> Slow => [.. Trap.All.Where(t => t is { IsSlow: true, IsRace: false }).Select(t => t.ToString())];

    [Theory, MemberData(nameof(Quick))]
    public Task A_trap_ends_as_the_table_says(string trap) => IsInTheTableAsync(trap);

    [Theory, MemberData(nameof(Slow)), Trait("Category", "Long")]
    public Task A_slow_trap_ends_as_the_table_says(string trap) => IsInTheTableAsync(trap);

    [Theory, MemberData(nameof(QuickEncounters))]
    public Task A_trap_of_the_caller_ends_as_the_table_says(string encounter) => EncounterIsInTheTableAsync(encounter);

    [Theory, MemberData(nameof(SlowEncounters)), Trait("Category", "Long")]
    public Task A_slow_trap_of_the_caller_ends_as_the_table_says(string encounter) => EncounterIsInTheTableAsync(encounter);

    [Fact]
    public void Every_row_of_the_facts_has_a_line()
    {
        var rows = Trap.All.Select(t => t.Facts).Concat(Encounters.All.Select(e => e.Facts)).SelectMany(f => Row().Matches(f)).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 20), rows.Distinct().Order());
    }

    [Fact]
    public void Every_row_of_sections_14_and_17_has_a_line_or_a_reason()
    {
        var lines = Trap.All.Select(t => t.Facts).Concat(Encounters.All.Select(e => e.Facts)).SelectMany(FactRows.Of).Distinct();
        Assert.Equal(FactRows.All.Order(StringComparer.Ordinal), lines.Concat(FactRows.Reasons.Keys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_has_these_lines_and_no_others() => Assert.Equal(
        Trap.All.Select(t => $"| {t.Facts} | {t.About} | `{t}` |").Concat(Encounters.All.Select(e => $"| {e.Facts} | {e.About} | {e.Setup} |")),
        File.ReadAllLines(Path.Combine(Repository.Root, Page)).SkipWhile(l => l != "|---|---|---|---|---|").Skip(1).Select(l => string.Join('|', l.Split('|')[..4]) + "|"));

    [GeneratedRegex("#([0-9]+)")]
    private static partial Regex Row();

    /// <summary>With <c>MILVUS_OPTIMIZE_WRITE=1</c> in the environment it makes the table, and with <c>MILVUS_OPTIMIZE_ONLY=text</c> those lines anew that have the text.</summary>
    [Fact, Trait("Category", "Long")]
    public async Task The_table_is_made()
    {
        if (Environment.GetEnvironmentVariable("MILVUS_OPTIMIZE_WRITE") != "1") return;
        var text = new StringBuilder(Head);
        var (only, known) = (Environment.GetEnvironmentVariable("MILVUS_OPTIMIZE_ONLY") ?? "", await File.ReadAllLinesAsync(Path.Combine(Repository.Root, Page)));
        foreach (var (about, line) in Trap.All.Select(t => (About: $"| {t.Facts} | {t.About} |", Line: (Func<Task<string>>)(() => LineAsync(t))))
            .Concat(Encounters.All.Select(e => ($"| {e.Facts} | {e.About} |", (Func<Task<string>>)e.LineAsync))))
        {
            var kept = about.Contains(only, StringComparison.Ordinal) ? null : known.FirstOrDefault(l => l.StartsWith(about, StringComparison.Ordinal));
            text.Append(kept ?? await line()).Append('\n');
        }

        await File.WriteAllTextAsync(Path.Combine(Repository.Root, Page), text.ToString());
    }

    private static async Task IsInTheTableAsync(string name)
    {
        var line = await LineAsync(Trap.All.Single(t => t.ToString() == name));
        Assert.Contains(line, await File.ReadAllLinesAsync(Path.Combine(Repository.Root, Page)));
    }

    private static async Task EncounterIsInTheTableAsync(string about) =>
        Assert.Contains(await Encounters.All.Single(e => e.About == about).LineAsync(), await File.ReadAllLinesAsync(Path.Combine(Repository.Root, Page)));

    private static async Task<string> LineAsync(Trap trap) => $"| {trap.Facts} | {trap.About} | `{trap}` | {await PythonsAsync(trap)} | {await OursAsync(trap)} |";

    private static async Task<string> PythonsAsync(Trap trap)
    {
        await using var simulator = await SimulateAsync(trap);
        var told = await Task.WhenAll(Enumerable.Range(0, trap.Callers).Select(_ => new PythonsOptimize(simulator.Address).RunAsync(trap.Collection, PythonsPatience)));
        return $"{string.Join(", ", told)}; {Left(simulator, trap)}";
    }

    private static async Task<string> OursAsync(Trap trap)
    {
        await using var simulator = await SimulateAsync(trap);
        using var folder = new TemporaryFolder();
        await using var host = await OptimizeHost.StartAsync(folder.Journal, simulator.Address, Options);
        RunDocument[] runs;
        try
        {
            runs = await Task.WhenAll(Enumerable.Range(0, trap.Callers).Select(_ => host.FinishAsync(trap.Collection)));
        }
        catch (OptimizeProblemException e)
        {
            return $"{Told(e)}; {Left(simulator, trap)}";
        }
        catch (ParamException)
        {
            return $"refused, ParamException; {Left(simulator, trap)}";
        }

        return $"{string.Join(", ", runs.Select(r => r.Id).Distinct().Select(id => Told(runs.First(r => r.Id == id))))}{(trap.Callers > 1 ? $" for {trap.Callers} callers" : "")}; {Left(simulator, trap)}";
    }

    internal static string Told(OptimizeProblemException refused) => $"refused, `{refused.Problem.Code}`{(refused.Problem.Retryable ? ", ask again" : "")}";

    internal static string Told(RunDocument run)
    {
        var reason = run.StateReason.Length == 0 ? "" : $"/{run.StateReason}";
        var warnings = run.Warnings.Select(w => w.Code).Distinct().Order(StringComparer.Ordinal).ToList();
        return $"`{run.State}{reason}`{(warnings.Count == 0 ? "" : $" with {string.Join(", ", warnings)}")}";
    }

    private static string Left(SimulatorServer simulator, Trap trap)
    {
        var left = Left(simulator, trap.Collection);
        if (!trap.ShowsView || simulator.Control.Find(trap.Collection) is not { } found) return left;
        return $"{left}, {(found.QuerySegmentIds.Order().SequenceEqual(found.Segments.Select(s => s.Id).Order()) ? "which is served" : "and the old ones are served")}";
    }

    internal static string Left(SimulatorServer simulator, string collection, string database = "default")
    {
        var triggers = simulator.Control.Log.Count(l => l is { Rpc: "ManualCompaction", Effect: true });
        var others = simulator.Control.Log.Any(l => l.TouchedUnnamed is { Count: > 0 }) ? ", other collections too" : "";
        return $"{triggers} {(triggers == 1 ? "trigger" : "triggers")}{others}, {(simulator.Control.Find(collection, database) is { } found ? $"{found.Segments.Count} left" : "no collection left")}";
    }

    private static Task<SimulatorServer> SimulateAsync(Trap trap) =>
        SimulatorServer.StartAsync(new() { Scenario = trap.Scenario, Generation = trap.Generation, Speed = Speed }, default);

    private static string Head => $"""
        # Traps: what pymilvus's `optimize()` reports, and what a run of ours does

        Made by `MILVUS_OPTIMIZE_WRITE=1 dotnet test tests/Milvus.Optimize.Actors.Tests --filter The_table_is_made` on the simulator, {Speed} times as fast as a
        server; lines are played again by `TrapTableTests`, those that take long by `tests/run --long`, all but those whose end depends on how long segments are busy. pymilvus's algorithm is written down from its
        description in tests/Milvus.Optimize.Actors.Tests/TrapTable, without a timeout; "does not return" means not within {PythonsPatience.TotalSeconds} s (ours may wait longer). Triggers are
        those that the server carried out; "left" are the segments when the caller was told. Patiences of ours are seconds here, minutes by default.

        | facts | what happens | scenario | pymilvus reports | ours reports |
        |---|---|---|---|---|

        """;
}
