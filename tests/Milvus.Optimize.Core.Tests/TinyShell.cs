using System.Collections.Immutable;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;

namespace Milvus.Optimize.Core.Tests;

/// <summary>
/// The least shell that keeps the rules of design.md 4.5: a send permit lives in memory only and is used once; answers of sends arrive late, twice or
/// never. Callers, crashes, zombies and the server do what the tape says.
/// </summary>
internal sealed class TinyShell(byte[] tape)
{
    private readonly List<C.RecordTriggerOutcome> _outbox = [];
    private readonly List<(RunId Run, int Round, int Attempt)> _zombies = [];
    private (RunId Run, int Attempt)? _permit;
    private int _next;
    private int _minutes;
    private int _runs;

    public CollectionState State { get; private set; } = CollectionState.Empty;

    public List<OptimizeEvent> Journal { get; } = [];

    public Dictionary<(RunId Run, int Attempt), int> Sends { get; } = [];

    /// <summary>Asked before and after each event.</summary>
    public Action<CollectionState, OptimizeEvent, CollectionState> Check { get; init; } = (_, _, _) => { };

    /// <summary>The state that a crash lost, and the one that was read again.</summary>
    public Action<CollectionState, CollectionState> AtRecovery { get; init; } = (_, _) => { };

    public Action<OptimizeCommand> AfterCommand { get; init; } = _ => { };

    public TinyShell Run()
    {
        while (_next < tape.Length) Step();
        return this;
    }

    public Decision Do(OptimizeCommand command)
    {
        var decision = OptimizeDecider.Decide(State, command, OptimizePolicy.Default);
        foreach (var e in decision.Events)
        {
            var before = State;
            State = OptimizeState.Apply(before, e);
            Journal.Add(e);
            Check(before, e, State);
        }

        AfterCommand(command);
        return decision;
    }

    private void Step()
    {
        _minutes += Pick(8) == 0 ? Pick(200) : 1;
        switch (Pick(24))
        {
            case 0: Crash(); break;
            case 1: Person(); break;
            case 2 or 3: Do(Start()); break;
            case 4: Deliver(); break;
            case 5: Do(Report(Current)); break;
            case 6: ZombieSends(); break;
            case 7: Do(Report(Pick(2) == 0 ? RunNumber(Pick(3)) : Current)); break;
            default: Pending(); break;
        }
    }

    private RunId Current => State.Run switch { OptimizeRun.Active a => a.Facts.Run, OptimizeRun.Ended e => e.Facts.Run, _ => Run1 };

    private DateTimeOffset Now => At(_minutes);

    // A crash loses the permit; a zombie is an owner that froze with it and wakes up later.
    private void Crash()
    {
        if (_permit is { } permit && Pick(2) == 0) _zombies.Add((permit.Run, 1, permit.Attempt));
        _permit = null;
        var recovered = Journal.Aggregate(CollectionState.Empty, OptimizeState.Apply);
        AtRecovery(State, recovered);
        State = recovered;
        Do(new C.TakeOwnership(Now, $"node-{Pick(3)}"));
    }

    private void Person() => Do(Pick(6) switch
    {
        0 => new C.Cancel(Now, Current, "why not"),
        1 => new C.Abandon(Now, Current, "why not", FreeLane: Pick(2) == 0),
        2 => new C.RecordDeadline(Now, Current),
        3 => new C.RecordNoProgress(Now, Current),
        _ => new C.Retry(Now, Current, "why not"),
    });

    private C.Start Start() => new(Now, RunNumber(++_runs), $"key-{Pick(6)}", Name, "books",
        new(TargetSize.Parse(Pick(4) == 0 ? "2GB" : "1GB"), Flush: Pick(4) == 0, Force: Pick(4) == 0), Now.AddDays(1));

    private void Deliver()
    {
        if (_outbox.Count == 0) return;
        var answer = _outbox[Pick(_outbox.Count)];
        if (Pick(2) == 0) _outbox.Remove(answer);
        Do(answer);
    }

    private void ZombieSends()
    {
        if (_zombies.Count == 0) return;
        var (run, round, attempt) = _zombies[0];
        _zombies.RemoveAt(0);
        Send(run, round, attempt);
    }

    private void Pending()
    {
        switch (OptimizeEffects.Pending(State))
        {
            case null:
                Do(Pick(3) == 0 ? new C.Retry(Now, Current, "go on") : Start());
                break;
            case OptimizeEffect.AcceptIntent when State.Run is OptimizeRun.Active a:
                _permit = (a.Facts.Run, a.Facts.Attempt + 1);
                Do(new C.AcceptIntent(Now, Current, SendBudgets.Default));
                break;
            case OptimizeEffect.Trigger t when _permit == (Current, t.Attempt):
                _permit = null;
                Send(Current, ((OptimizeRun.Active)State.Run).Facts.Round, t.Attempt);
                break;
            case OptimizeEffect.Trigger t:
                // No permit: it was used, or lost with its owner. Either way nobody here knows.
                if (Pick(2) == 0) Deliver();
                else Do(new C.RecordTriggerOutcome(Now, Current, 1, t.Attempt, new TriggerOutcome.Unknown(Transient)));
                break;
            case { } effect:
                Do(Answer(effect));
                break;
        }
    }

    private void Send(RunId run, int round, int attempt)
    {
        Sends[(run, attempt)] = Sends.GetValueOrDefault((run, attempt)) + 1;
        TriggerOutcome outcome = Pick(8) switch
        {
            0 => new TriggerOutcome.Refused(Pick(2) == 0 ? Permanent : Transient),
            1 => new TriggerOutcome.Acknowledged(-1, 0),
            2 => new TriggerOutcome.NotSent("expired"),
            3 => new TriggerOutcome.Unknown(Transient),
            _ => new TriggerOutcome.Acknowledged(40 + attempt, 1),
        };
        if (Pick(4) > 0) _outbox.Add(new(Now, run, round, attempt, outcome));
    }

    private C.Report Answer(OptimizeEffect effect) => Pick(16) == 0 ? Failure() : effect switch
    {
        OptimizeEffect.Inspect => Report(Current, 0),
        OptimizeEffect.Flush => Report(Current, 1),
        OptimizeEffect.ObserveFlush => Report(Current, 2),
        OptimizeEffect.AllocateTimestamp => Report(Current, 3),
        OptimizeEffect.ObserveIndexes => Report(Current, 4),
        OptimizeEffect.ObserveLane => Report(Current, 5),
        OptimizeEffect.ListCandidates => Report(Current, 6),
        OptimizeEffect.Reconcile => Report(Current, 7),
        OptimizeEffect.ObserveCompaction => Report(Current, 8),
        OptimizeEffect.RefreshLoad => Report(Current, 9),
        OptimizeEffect.ObserveRefresh => Report(Current, 10),
        OptimizeEffect.Verify => Report(Current, 11),
        _ => throw new InvalidOperationException($"no answer is defined for {effect.GetType().Name}"),
    };

    private C.Report Failure() => Pick(6) == 0
        ? new C.RecordCollectionGone(Now, Current, Replaced: Pick(2) == 0)
        : new C.RecordFailure(Now, Current, Pick(4) == 0 ? Permanent : Transient);

    private C.Report Report(RunId run) => Pick(14) switch
    {
        12 => new C.RecordRename(Now, run, "default", $"books{Pick(3)}"),
        13 => Failure(),
        var kind => Report(run, kind),
    };

    private C.Report Report(RunId run, int kind) => kind switch
    {
        0 => new C.RecordInspection(Now, run, Server(Pick(8) switch { 0 => Generation.Lite, 1 => Generation.V23, _ => Generation.G6 }), new(Name, [], 1, ["embedding"]), Pick(6) == 0 ? [] : [Index()]),
        1 => new C.RecordFlush(Now, run, new([1], 5)),
        2 => new C.RecordFlushState(Now, run, Flushed: Pick(4) > 0),
        3 => new C.RecordTimestamp(Now, run, Pick(8) == 0 ? null : 7),
        4 => new C.RecordIndexes(Now, run, [Index(Pick(12) switch { 0 => IndexState.Failed, 1 => IndexState.InProgress, _ => IndexState.Finished }, Pick(8) == 0 ? 9 : 0)], Listed(), Pick(2) == 0),
        5 => new C.RecordLane(Now, run, Look(), WaitedOut: Pick(2) == 0),
        6 => new C.RecordCandidates(Now, run, Listed(), Pick(3)),
        7 => new C.RecordReconciliation(Now, run, Listed(), WaitedOut: Pick(2) == 0),
        8 => new C.RecordCompaction(Now, run, Look()),
        9 => new C.RecordRefreshStarted(Now, run, Loaded: Pick(2) == 0),
        10 => new C.RecordRefresh(Now, run, Pick(3) switch { 0 => null, 1 => 0, _ => 100 }),
        _ => new C.RecordVerification(Now, run, Listed(), Pick(2) == 0 ? null : [Served(10 + Pick(3))]),
    };

    private CompactionLook Look()
    {
        ImmutableArray<CompactionPlan>? plans = Pick(6) switch { 0 => null, 1 => [], 2 => [Plan([1, 2])], 3 => [Plan([1, 2], 10), Plan([3, 4], 11)], _ => [Plan([1, 2, 3, 4], 10)] };
        return Pick(4) == 0 ? new(Pick(2) == 0 ? null : new(true, plans, 1, 0, 0), null, false) : Completed(plans, Listed(), settled: Pick(2) == 0);
    }

    private ImmutableArray<SegmentObservation>? Listed() => Pick(10) switch
    {
        0 => null,
        1 => [],
        2 => [Segment(10, rows: 400)],
        3 => [Segment(10, rows: 200), Segment(3), Segment(4)],
        4 => [Segment(10, rows: 200), Segment(11, rows: 200)],
        5 => [Segment(1), Segment(2, sorted: true), Segment(3, partition: 2)],
        _ => Segments(1, 2, 3, 4),
    };

    private int Pick(int below) => (_next < tape.Length ? tape[_next++] : 0) % below;

    private static RunId RunNumber(int n) => new(Key, $"01JD{n:D22}");
}
