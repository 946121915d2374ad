using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Something happens before the first trigger, and before the first look at what became of it.</summary>
internal sealed class LateLook(IMilvusGateway inner) : ForwardingGateway(inner)
{
    private int _triggered;
    private int _looked;

    public Action BeforeTrigger { get; init; } = () => { };

    public required Func<Task> BeforeLook { get; init; }

    public bool Struck => _looked != 0;

    public override Task<TriggerOutcome> TriggerForceMergeAsync(TriggerRequest request, ISendPermit permit, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _triggered, 1) == 0) BeforeTrigger();
        return base.TriggerForceMergeAsync(request, permit, cancellationToken);
    }

    public override async Task<CompactionObservation> GetCompactionAsync(CollectionName name, long compactionId, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _looked, 1) == 0) await BeforeLook();
        return await base.GetCompactionAsync(name, compactionId, cancellationToken);
    }
}
