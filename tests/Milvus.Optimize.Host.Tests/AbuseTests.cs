using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// A node in a process of its own, good clients, and beside them what no good client does: bad keys, requests that come byte by byte, bodies without end,
/// streams whose reader is gone. The good ones must hardly notice, and the node must not grow. Calm and abuse take turns, so that whatever else the machine
/// does meets both alike.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class AbuseTests(ITestOutputHelper output)
{
    private const int Megabyte = 1 << 20;

    // 50 streams are all that one caller may have, and 200 all that there are.
    private const int BadKeys = 4;

    /// <summary>Two seconds beside another test project's tests say little of a p99: that all are served, that half of the calls are as quick as before, and memory are looked at.</summary>
    [Fact]
    public async Task Good_clients_are_served_beside_bad_ones()
    {
        var (calm, beside, _) = await RunAsync(new(KeysPerSecond: 300, Slow: 40, BodyBytes: 20_000_000, HalfOpen: 60), clients: 2, rounds: 1, seconds: 2);
        Assert.True(At(beside, 0.5) <= (2 * At(calm, 0.5)) + 50, $"p50 went from {At(calm, 0.5):F1} ms to {At(beside, 0.5):F1} ms");
        Assert.True(At(beside, 0.99) <= (2 * At(calm, 0.99)) + 5000, $"p99 went from {At(calm, 0.99):F1} ms to {At(beside, 0.99):F1} ms");
    }

    /// <summary>
    /// In all 10,000 bad keys and more. Each side has some 15,000 calls, of which 150 are slower than its p99. Writes its figures into docs/evidence/management.md before
    /// it looks at them.
    /// </summary>
    [Fact, Trait("Category", "Long")]
    public async Task Good_clients_p99_at_most_doubles_beside_very_many_bad_ones()
    {
        var (calm, beside, text) = await RunAsync(new(KeysPerSecond: 200, Slow: 500, BodyBytes: 1_000_000_000, HalfOpen: 150), clients: 4, rounds: 6, seconds: 10);
        Evidence.Write("management.md", "bad clients", text);
        Assert.True(At(beside, 0.99) <= 2 * At(calm, 0.99), $"p99 went from {At(calm, 0.99):F1} ms to {At(beside, 0.99):F1} ms");
    }

    private async Task<(List<double> Calm, List<double> Beside, string Text)> RunAsync(Badness badness, int clients, int rounds, int seconds)
    {
        await using var folder = await CommandFolder.OpenAsync(speed: 0.01);
        folder.Over.CancelAfter(TimeSpan.FromMinutes(6));
        using var node = await ServedNode.StartAsync(folder);
        // It goes on for longer than this: streams of it stay open.
        var run = (await node.StartAsync("books"))["id"]!.GetValue<string>();
        var (time, bad) = (TimeSpan.FromSeconds(seconds), new List<string>());
        for (var i = 0; i < BadKeys; i++) bad.Add(await GoodClients.KeyAsync(node, $"bad {i}", "operator"));

        // A key that was never seen has to wait its turn among the bad ones of its address.
        foreach (var key in bad)
        {
            using var http = GoodClients.Of(node, key);
            (await http.GetAsync(new Uri("/api/v1/runs", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        using var good = await GoodClients.SignInAsync(node, run, clients);
        await good.MeasureAsync(TimeSpan.FromSeconds(2));

        var (calm, beside, refused, limited, bodies, changes) = (new List<double>(), new List<double>(), 0, 0, 0, 0);
        var (before, during) = (new List<long>(), new List<long>());
        for (var round = 0; round < rounds; round++)
        {
            calm.AddRange(await WatchedAsync(node, before, good.MeasureAsync(time)));
            var abuse = new BadClients(new(node.Url), bad, run, node.Cluster, badness);
            await abuse.ComeAsync();
            Assert.Equal(badness.HalfOpen, abuse.Streams);
            var revision = await node.RevisionAsync(run);
            beside.AddRange(await WatchedAsync(node, during, good.MeasureAsync(time)));
            if (await node.RevisionAsync(run) > revision) changes++;
            await abuse.GoAsync();
            (refused, limited, bodies) = (refused + abuse.Keys.Refused, limited + abuse.Keys.Limited, bodies + abuse.Bodies);
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"""
            {rounds} times {seconds} s alone and {seconds} s beside all of them, {clients} good clients:

            | good clients | p50 | p99 | longest | calls |
            |---|---|---|---|---|
            | alone | {Figures(calm)} |
            | beside {refused + limited:N0} bad keys ({refused:N0} answered with 401, {limited:N0} with 429), {badness.Slow} slow clients, {bodies} bodies of {badness.BodyBytes:N0} bytes, {badness.HalfOpen} streams, each answered with 200 and read no further, of a run that changed in {changes} of {rounds} rounds | {Figures(beside)} |

            | working set of the node | lowest | highest | median | looks |
            |---|---|---|---|---|
            | alone | {Sizes(before)} |
            | under abuse | {Sizes(during)} |
            | second half of it | {Sizes([.. during.Skip(during.Count / 2)])} |
            """);
        output.WriteLine(text);
        Assert.Equal(rounds, changes);
        Assert.True(refused > 0 && limited > 0 && bodies >= 2, "not all of the abuse took place");
        Assert.True(refused + limited >= badness.KeysPerSecond * seconds * rounds * 8 / 10, $"only {refused + limited} bad keys");

        // Flat: what connections cost and no more, and no more at the end than in the middle.
        Assert.True(during.Max() < before.Max() + (64 * Megabyte), $"the node had up to {before.Max() / Megabyte} MB, and {during.Max() / Megabyte} MB under abuse");
        Assert.True(Median(during.Skip(during.Count / 2)) < Median(during.Take(during.Count / 2)) + (32 * Megabyte), "the node grows while it is abused");
        Assert.Equal(0, await node.EndAsync());
        return (calm, beside, text);
    }

    /// <summary>Looks at the node's working set ten times a second while something is measured.</summary>
    private static async Task<List<double>> WatchedAsync(ServedNode node, List<long> sizes, Task<List<double>> measured)
    {
        using var process = Process.GetProcessById(node.ProcessId);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            process.Refresh();
            sizes.Add(process.WorkingSet64);
            await pace.WaitForNextTickAsync();
        }
        while (!measured.IsCompleted);
        return await measured;
    }

    private static double At(IEnumerable<double> took, double part)
    {
        var ordered = took.Order().ToArray();
        return ordered[(int)((ordered.Length - 1) * part)];
    }

    private static long Median(IEnumerable<long> sizes) => sizes.Order().ElementAt(sizes.Count() / 2);

    private static string Figures(List<double> took) => string.Create(CultureInfo.InvariantCulture, $"{At(took, 0.5):F1} ms | {At(took, 0.99):F1} ms | {took.Max():F1} ms | {took.Count:N0}");

    private static string Sizes(List<long> sizes) => string.Create(CultureInfo.InvariantCulture, $"{sizes.Min() / Megabyte} MB | {sizes.Max() / Megabyte} MB | {Median(sizes) / Megabyte} MB | {sizes.Count:N0}");
}

/// <summary>Measures: no other test of this assembly beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
