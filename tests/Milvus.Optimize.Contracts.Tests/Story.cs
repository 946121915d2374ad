using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Tells the history of one collection, a second an event, with the epoch, round and attempt as they stand.</summary>
internal sealed class Story(long collectionId)
{
    private static readonly DateTimeOffset T0 = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly List<OptimizeEvent> _events = [];
    private RunId _run = new(new(GoldenRuns.Cluster, collectionId), "");
    private long _epoch;
    private int _round;
    private int _attempt;

    public ImmutableArray<OptimizeEvent> Events => [.. _events];

    public Story Run(string ulid)
    {
        (_run, _round, _attempt) = (_run with { Ulid = ulid }, 1, 0);
        return this;
    }

    public Story Tell(params ReadOnlySpan<Func<Stamp, OptimizeEvent>> events)
    {
        foreach (var e in events)
        {
            var told = e(Stamp());
            _events.Add(told switch
            {
                OptimizeEvent.OwnershipTaken => told with { Stamp = told.Stamp with { Epoch = ++_epoch } },
                OptimizeEvent.IntentAccepted => told with { Stamp = told.Stamp with { Attempt = ++_attempt } },
                OptimizeEvent.RoundStarted => told with { Stamp = told.Stamp with { Round = ++_round } },
                _ => told,
            });
        }

        return this;
    }

    private Stamp Stamp() => new(_run, _epoch, _round, _attempt, T0.AddMinutes(collectionId).AddSeconds(_events.Count));
}
