using System.Diagnostics;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Core.Telemetry;

namespace Milvus.Optimize.Actors.Tests;

[Collection(MeasuredAlone.Name)]
public sealed class Telemetry : SimulatedTest
{
    private static readonly Stage[] Stages =
        [Stage.Initializing, Stage.WaitingForIndexes, Stage.Compacting, Stage.WaitingForCompaction, Stage.WaitingForIndexRebuild, Stage.RefreshingLoad, Stage.Verifying];

    [Fact]
    public async Task A_run_is_counted_and_each_of_its_parts_is_timed_once()
    {
        await SimulateAsync();
        using var seen = new Measurements();
        await using (var host = await HostAsync()) await host.FinishAsync("books");
        Assert.Equal((1, 1, 0), (seen.Sum("milvus.optimize.runs.started"), seen.Sum("milvus.optimize.runs", "outcome=Succeeded"), seen.Sum("milvus.optimize.active")));
        Assert.Equal(2, seen.Count("milvus.optimize.active", "state=running"));
        Assert.Equal(Stages.Select(s => $"stage={s}").Order(StringComparer.Ordinal), seen.Tags("milvus.optimize.stage.duration"));
        Assert.Equal(Stages.Length, seen.Count("milvus.optimize.stage.duration"));
        Assert.Equal(seen.Sum("milvus.optimize.run.duration", "outcome=Succeeded"), seen.Sum("milvus.optimize.stage.duration"), 0.1);
        Assert.Equal(1, seen.Sum("milvus.optimize.triggers", "outcome=acknowledged"));
        Assert.True(seen.Count("milvus.optimize.journal.write.duration", "outcome=stored") >= 8);
        Assert.Equal(1, seen.Count("milvus.optimize.journal.recovery.duration"));
        Assert.Equal(1, seen.Count("milvus.optimize.milvus.call.duration", "rpc=ManualCompaction,status=OK"));
        Assert.True(seen.Sum("milvus.optimize.effect.attempts", "effect=Verify,outcome=answered") >= 1);
    }

    [Fact]
    public async Task What_a_killed_node_had_told_is_told_by_no_other()
    {
        await SimulateAsync();
        using var seen = new Measurements();
        var kill = new KillAfterWrite(after: typeof(OptimizeEvent.TriggerAcknowledged));
        var first = await HostAsync(spy: kill);
        await using (first)
        {
            _ = StartAsync(first).ContinueWith(t => t.Exception, TaskScheduler.Default);
            await first.GoneAsync();
        }

        await using (var second = await HostAsync()) await TableShowsAsync(second, r => r.Done);
        Assert.Equal((1, 1, 0), (seen.Sum("milvus.optimize.runs.started"), seen.Sum("milvus.optimize.runs"), seen.Sum("milvus.optimize.active")));
        Assert.Equal(2, seen.Count("milvus.optimize.journal.recovery.duration"));

        // It was killed between the write and what follows: that one stage is nobody's.
        foreach (var stage in Stages) Assert.Equal(stage == Stage.Compacting ? 0 : 1, seen.Count("milvus.optimize.stage.duration", $"stage={stage}"));
    }

    [Fact]
    public async Task Every_call_to_Milvus_stands_below_the_span_of_who_asked()
    {
        await SimulateAsync();
        await using var host = await HostAsync();
        using var seen = new Measurements();
        using var caller = new ActivitySource("caller");
        using var all = new ActivityListener { ShouldListenTo = s => s == caller, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(all);
        RunDocument run;
        string trace;
        using (var asked = caller.StartActivity("ask")!)
        {
            trace = asked.TraceId.ToString();
            var task = await StartAsync(host);
            run = await EndAsync(host, task.RunId);
        }

        var calls = seen.Spans.Where(s => s.Kind == ActivityKind.Client).ToList();
        Assert.Contains(calls, c => c.DisplayName.EndsWith("/GetPersistentSegmentInfo", StringComparison.Ordinal));
        Assert.Equal(seen.Count("milvus.optimize.milvus.call.duration"), calls.Count);
        Assert.All(seen.Spans, s => Assert.Equal(trace, s.TraceId.ToString()));
        Assert.Single(calls, c => c.DisplayName.EndsWith("/ManualCompaction", StringComparison.Ordinal));
        var bySpan = seen.Spans.ToDictionary(s => s.SpanId);
        var steps = calls.Select(c => bySpan[c.ParentSpanId]).ToList();
        Assert.Subset(new HashSet<string>(["resolve", "Trigger", .. EffectNames]), steps.Select(s => s.DisplayName).ToHashSet());
        Assert.All(steps.Where(s => s.DisplayName != "resolve"), s => Assert.Equal((run.Id, "books"), (s.GetTagItem("milvus.optimize.run"), s.GetTagItem("milvus.optimize.collection"))));
    }

    [Fact]
    public async Task No_collection_is_a_label_unless_that_was_asked_for()
    {
        await SimulateAsync();
        using var seen = new Measurements();
        await using (var host = await HostAsync()) await host.FinishAsync("books");
        Assert.Equal(["outcome=Succeeded"], seen.Tags("milvus.optimize.runs"));
        using var more = new Measurements();
        await using (var host = await HostAsync(OptimizeHost.Quick with { CollectionMetrics = true })) await host.FinishAsync("books");
        Assert.Equal(["outcome=SucceededNoWork,collection=test/default/books"], more.Tags("milvus.optimize.runs"));
    }

    [Fact]
    public async Task A_held_run_counts_as_held()
    {
        await SimulateAsync();
        using var seen = new Measurements();
        await using (var host = await HostAsync())
        {
            var run = (await StartAsync(host)).RunId;
            host.Clusters.Hold(OptimizeHost.Cluster, new("CredentialsMissing", "no token"));
            await TableShowsAsync(host, r => r.State == "Held");
            Assert.Equal((1, 0), (seen.Sum("milvus.optimize.active", "state=held"), seen.Sum("milvus.optimize.active", "state=running")));
            Assert.Equal(run.ToString(), (await host.Runs.ListAsync(new(), default)).Single().Id);
        }

        Assert.Equal(0, seen.Sum("milvus.optimize.active", "state=held"));
    }

    [Fact]
    public void A_fence_that_closes_is_counted_once()
    {
        using var seen = new Measurements();
        var fence = new SelfFence(TimeProvider.System, TimeSpan.MaxValue);
        fence.Close("shut out");
        fence.Close("shut out again");
        Assert.Equal(1, seen.Sum("milvus.optimize.fences", "kind=node"));
    }

    [Fact]
    public void A_label_has_no_more_values_than_it_may()
    {
        var label = new BoundedLabel(2);
        Assert.Equal(["a", "b", "a", "other", "b", "other"], ((string[])["a", "b", "a", "c", "b", "d"]).Select(label.Of));
    }

    private static IEnumerable<string> EffectNames => typeof(OptimizeEffect).GetNestedTypes().Select(t => t.Name);
}
