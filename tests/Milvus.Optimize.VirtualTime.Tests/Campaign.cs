using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Judge;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>What became of one seed.</summary>
/// <param name="Judged">Those that the judge found by itself, without the model's help.</param>
/// <param name="Stored">The events in its journal, each by what it is called; an end by its outcome and reason.</param>
internal sealed record Told(int Seed, ImmutableArray<Violation> Violations, IReadOnlyList<string> Trace, int Steps, ImmutableArray<Violation> Judged, ImmutableArray<string> Stored)
{
    public string Text() => string.Join('\n', [$"seed {Seed}: {Steps} steps; VIRTUAL_TIME_SEED={Seed} tells it again", .. Trace, .. Violations.Select(v => v.ToString())]);
}

/// <summary>Many seeds, on all cores: each schedule is one thread's alone, from its first step to its verdict.</summary>
internal sealed partial class Campaign
{
    private readonly long[] _counts = new long[Enum.GetValues<Act>().Length];
    private readonly List<Told> _broken = [];
    private readonly Dictionary<string, long> _stored = [];
    private readonly Lock _gate = new();
    private long _steps;
    private int _seeds;
    private TimeSpan _took;

    /// <summary>The smallest seed that broke a promise; null when none did.</summary>
    public int? Broken => _broken.Count == 0 ? null : _broken.Min(t => t.Seed);

    public static Told One(int seed, Mutant mutant, bool traces = false, long[]? counts = null)
    {
        var schedule = new Schedule(seed, mutant, counts ?? new long[Enum.GetValues<Act>().Length], traces);
        using var simulation = schedule.Server.Simulation;
        ImmutableArray<Violation> violations, judged = [];
        try
        {
            schedule.Run();
            (judged, var inside) = Verdict.Of(schedule);
            var open = judged.RemoveAll(v => KnownLimits.Explains(v, schedule));
            if (open.Length < judged.Length) schedule.Note(Act.KnownLimit, "");
            judged = open;
            violations = judged.AddRange(inside);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KeyNotFoundException or NullReferenceException)
        {
            violations = [new("code", e.ToString())];
        }

        return new(seed, violations, schedule.Trace, schedule.Steps, judged, [.. schedule.Journal.Rows.Select(r => NameOf(r.Event))]);
    }

    /// <param name="stopsAtFirst">The rest is not tried once a promise was broken.</param>
    public static Campaign Run(int from, int count, Mutant mutant, bool stopsAtFirst = false)
    {
        var campaign = new Campaign();
        var clock = Stopwatch.StartNew();
        var next = from - 1;
        Parallel.For(0, Environment.ProcessorCount, _ => campaign.Work(() => Interlocked.Increment(ref next), from + count, mutant, stopsAtFirst));
        campaign._took = clock.Elapsed;
        return campaign;
    }

    public string Summary()
    {
        var rate = _seeds / _took.TotalSeconds;
        var acts = Enum.GetValues<Act>().Select(a => $"{a} {_counts[(int)a].ToString("N0", CultureInfo.InvariantCulture)}");
        var events = _stored.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"stored {s.Key} {s.Value.ToString("N0", CultureInfo.InvariantCulture)}");
        return string.Create(CultureInfo.InvariantCulture,
            $"{_seeds:N0} schedules in {_took.TotalSeconds:F1} s, {rate:N0} a second, {_steps:N0} steps, {_broken.Count} broken\n{string.Join('\n', [.. Kinds(), .. acts, .. events])}");
    }

    /// <summary>What was broken, without its numbers, and by which seeds first.</summary>
    private IEnumerable<string> Kinds() => _broken.SelectMany(t => t.Violations.Select(v => (t.Seed, Kind: Digits().Replace(v.ToString().Split('\n')[0], "#"))))
        .GroupBy(v => v.Kind).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} x {g.Key}: seeds {string.Join(", ", g.Select(v => v.Seed).Order().Take(4))}");

    private static string NameOf(OptimizeEvent e) => e is OptimizeEvent.Ended { End: var end } ? $"Ended {end.Outcome} {end.Reason}" : e.GetType().Name;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    private void Work(Func<int> next, int end, Mutant mutant, bool stopsAtFirst)
    {
        var counts = new long[_counts.Length];
        var stored = new Dictionary<string, long>();
        long steps = 0;
        var seeds = 0;
        for (var seed = next(); seed < end && !(stopsAtFirst && _broken.Count > 0); seed = next())
        {
            var told = One(seed, mutant, counts: counts);
            steps += told.Steps;
            foreach (var name in told.Stored) stored[name] = stored.GetValueOrDefault(name) + 1;
            seeds++;
            if (told.Violations.IsEmpty) continue;
            lock (_gate) _broken.Add(told);
        }

        lock (_gate)
        {
            for (var i = 0; i < counts.Length; i++) _counts[i] += counts[i];
            foreach (var (name, times) in stored) _stored[name] = _stored.GetValueOrDefault(name) + times;
            (_steps, _seeds) = (_steps + steps, _seeds + seeds);
        }
    }
}
