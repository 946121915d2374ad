using System.Collections.Immutable;
using Milvus.Optimize.Actors.Tests;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Judge.Tests;

/// <summary>The product with a fault built in at the port to Milvus, as naive clients have it: each must be caught.</summary>
public sealed class SeededFaults
{
    [Fact]
    public async Task A_trigger_that_is_repeated_after_a_lost_answer_is_caught()
    {
        await using var court = await Court.OpenAsync("unavailable-after");
        await court.RunAsync(g => new RepeatsTheTrigger(g));
        Assert.Contains(court.Verdict(), v => v is { Invariant: "I1" } && v.What.Contains("2 triggers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_success_that_is_believed_because_the_server_says_Completed_is_caught()
    {
        await using var court = await Court.OpenAsync("failed-plans");
        Assert.Equal("Succeeded", (await court.RunAsync(g => new BelievesCompleted(g))).State);
        Assert.Contains(court.Verdict(), v => v.Invariant == "I3");
    }

    [Fact]
    public async Task A_merge_that_never_started_is_caught_when_it_is_called_a_success()
    {
        await using var court = await Court.OpenAsync("busy", speed: 20);
        Assert.Equal("Succeeded", (await court.RunAsync(g => new BelievesMinusOne(g))).State);
        Assert.Contains(court.Verdict(), v => v.Invariant == "I3");
    }

    [Fact]
    public async Task Indexes_that_are_asked_for_at_timestamp_0_are_caught()
    {
        await using var court = await Court.OpenAsync("unloaded");
        court.Control.Configure(new ServerTimings { IndexRegistrationSeconds = 6000 });
        Assert.Equal("Succeeded", (await court.RunAsync(g => new UsesTimestampZero(g))).State);
        Assert.Contains(court.Verdict(), v => v is { Invariant: "I3" } && v.What.Contains("is not built", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Segments_that_the_server_left_out_and_nobody_asked_about_are_caught()
    {
        await using var court = await Court.OpenAsync("snapshot");
        Assert.Equal("Succeeded", (await court.RunAsync(g => new SkipsCoverage(g))).State);
        Assert.Contains(court.Verdict(), v => v is { Invariant: "I3" } && v.What.Contains("its end does not say so", StringComparison.Ordinal));
    }

    private sealed class RepeatsTheTrigger(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        public override async Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) =>
            await base.TriggerForceMergeAsync(request, permit, cancellationToken) is var first and not TriggerOutcome.Unknown
                ? first
                : await base.TriggerForceMergeAsync(request, new Always(), cancellationToken);
    }

    private sealed class Always : ISendPermit
    {
        public bool TryUse() => true;
    }

    /// <summary>Once nothing executes any more, it shows the merge that there should have been.</summary>
    private class BelievesCompleted(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        private ImmutableArray<SegmentObservation> _candidates;
        private bool _over;

        public override async Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken)
        {
            var real = (await base.ListSegmentsAsync(name, cancellationToken))!.Value;
            if (!_over) _candidates = real;
            return _over ? [_candidates[0] with { Id = 4711, Rows = _candidates.Sum(s => s.Rows) }] : real;
        }

        public override async Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
        {
            var real = await base.GetCompactionAsync(name, compactionId, cancellationToken);
            _over = !real.Executing;
            return _over ? real with { Plans = [new([.. _candidates.Select(s => s.Id)], [4711], true, "")] } : real;
        }

        public override async Task<ImmutableArray<QuerySegmentObservation>?> ListQuerySegmentsAsync(CollectionName name, CancellationToken cancellationToken) =>
            _over ? null : await base.ListQuerySegmentsAsync(name, cancellationToken);
    }

    /// <summary>As of the index's creation everything is Finished, and pending rows are not looked at.</summary>
    private sealed class UsesTimestampZero(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        public override async Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken) =>
            [.. (await base.DescribeIndexesAsync(name, 0, cancellationToken)).Select(i => i with { PendingRows = 0 })];
    }

    /// <summary>After the merge it looks only at what was made.</summary>
    private sealed class SkipsCoverage(IMilvusGateway inner) : ForwardingGateway(inner)
    {
        private ImmutableHashSet<long> _before = [];
        private bool _over;

        public override async Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken)
        {
            var real = (await base.ListSegmentsAsync(name, cancellationToken))!.Value;
            if (!_over) _before = [.. real.Select(s => s.Id)];
            return _over ? [.. real.Where(s => !_before.Contains(s.Id))] : real;
        }

        public override async Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
        {
            var real = await base.GetCompactionAsync(name, compactionId, cancellationToken);
            _over = !real.Executing;
            return real;
        }
    }

    private sealed class BelievesMinusOne(IMilvusGateway inner) : BelievesCompleted(inner)
    {
        public override async Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken) =>
            await base.TriggerForceMergeAsync(request, permit, cancellationToken) is TriggerOutcome.Acknowledged { CompactionId: <= 0 } ? new TriggerOutcome.Acknowledged(4712, 1) : throw new InvalidOperationException("the server was not busy");
    }
}
