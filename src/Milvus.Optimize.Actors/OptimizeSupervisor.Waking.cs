using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Milvus.Optimize.Actors.Placement;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Actors;

/// <summary>
/// In a cluster: a run goes on although nobody asks for it. When this node comes up, and when another one is gone, the run table and the journal say what is
/// unfinished; what leaves this node unfinished is named by itself. Each is asked for until a node says that it has it.
/// </summary>
public sealed partial class OptimizeSupervisor
{
    // Most of those that are asked for after a loss are awake at another node: that costs a message. Those that are not read their history, and
    // akka.persistence.max-concurrent-recoveries keeps ten thousand from being a herd on the database.
    private const int WakeAtOnce = 250;
    private static readonly TimeSpan WakePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WakeAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FindAgain = TimeSpan.FromSeconds(5);

    // Five minutes: longer than a node needs to be given up and its collections to be placed anew.
    private const int WakeInVain = 60;

    // Nothing should be left for it to find.
    private static readonly TimeSpan FindAnyway = TimeSpan.FromMinutes(10);
    private readonly WakeList _toWake;

    private bool OnWaking(object message)
    {
        switch (message)
        {
            case WakeUnfinished when _draining:
                return true;
            case WakeUnfinished:
                FindUnfinishedAsync().PipeTo(Self);
                return true;
            case ClusterEvent.MemberRemoved removed:
                if (removed.Member.HasRole(OptimizeNodes.Role)) Self.Tell(WakeUnfinished.Instance);
                return true;
            case Unfinished { Keys: { } keys }:
                foreach (var key in keys)
                {
                    if (IsHere(key)) WakeHere(key);
                    else _toWake.Add(key);
                }

                WakeSome();
                Timers.StartSingleTimer(nameof(WakeUnfinished), WakeUnfinished.Instance, FindAnyway);
                return true;
            case Unfinished:
                Timers.StartSingleTimer(nameof(WakeUnfinished), WakeUnfinished.Instance, FindAgain);
                return true;
            case Awake awake:
                _toWake.Confirmed(awake.Key);
                return true;
            case WakeMore:
                WakeSome();
                return true;
            default:
                return false;
        }
    }

    private async Task<Unfinished> FindUnfinishedAsync()
    {
        try
        {
            return new(await _services.Table.UnfinishedAsync(CancellationToken.None));
        }
        catch (Exception e)
        {
            _log.Warning("unfinished runs cannot be looked up, and are again in {0}: {1}", FindAgain, e.Message);
            return new((ImmutableArray<CollectionKey>?)null);
        }
    }

    /// <summary>A node that leaves has nobody to wait for an answer: those that stay look for what is unfinished when it is gone.</summary>
    private void WakeElsewhere(CollectionKey key)
    {
        if (_draining)
        {
            _places!.SendByAnother(key, new Wake(key), Self);
            return;
        }

        _toWake.Add(key);
        WakeSome();
    }

    private void WakeSome()
    {
        if (Timers.IsTimerActive(nameof(WakeMore)) || _draining) return;
        foreach (var key in _toWake.Next(WakeAtOnce)) _places!.Send(key, new Wake(key), Self);
        foreach (var key in _toWake.TakeInVain())
        {
            _log.Warning(
                "no node has taken collection {Collection}, which has something to do, although it was asked for {Times} times: look at /readyz of each node; where all are ready, restart them one after the other",
                key, WakeInVain);
        }

        if (!_toWake.IsEmpty) Timers.StartSingleTimer(nameof(WakeMore), WakeMore.Instance, WakePause);
    }

    private sealed record Unfinished(ImmutableArray<CollectionKey>? Keys) : INoSerializationVerificationNeeded;

    private sealed record WakeMore : INoSerializationVerificationNeeded
    {
        public static WakeMore Instance { get; } = new();
    }
}
