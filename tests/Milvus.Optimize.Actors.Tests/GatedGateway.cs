using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Holds a trigger before it goes out or after the server has answered, and looks at the segments, for as long as a test wants.</summary>
internal sealed class GatedGateway(IMilvusGateway inner) : ForwardingGateway(inner)
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Never ends where the call must never go out.</summary>
    public Task BeforeTrigger { get; set; } = Task.CompletedTask;

    /// <summary>The server has acted; its answer waits for this.</summary>
    public Task AfterTrigger { get; set; } = Task.CompletedTask;

    public Func<Task> BeforeSegments { get; set; } = () => Task.CompletedTask;

    public Func<Task> BeforeIndexes { get; set; } = () => Task.CompletedTask;

    /// <summary>Ends when a trigger waits at its gate.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public override async Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken)
    {
        if (!BeforeTrigger.IsCompleted) _arrived.TrySetResult();
        await BeforeTrigger;
        var outcome = await base.TriggerForceMergeAsync(request, permit, cancellationToken);
        _arrived.TrySetResult();
        await AfterTrigger;
        return outcome;
    }

    public override async Task<ImmutableArray<SegmentObservation>?> ListSegmentsAsync(CollectionName name, CancellationToken cancellationToken)
    {
        await BeforeSegments();
        return await base.ListSegmentsAsync(name, cancellationToken);
    }

    public override async Task<ImmutableArray<IndexObservation>> DescribeIndexesAsync(CollectionName name, ulong timestamp, CancellationToken cancellationToken)
    {
        await BeforeIndexes();
        return await base.DescribeIndexesAsync(name, timestamp, cancellationToken);
    }
}
