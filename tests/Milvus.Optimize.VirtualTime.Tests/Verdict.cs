using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Judge;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>
/// What the judge says of a schedule, by the same bytes that a database would hold, and what the model itself knows about each success. The judge compares
/// instants: it gets true ones, not those of clocks that are off.
/// </summary>
internal static class Verdict
{
    private static readonly OptimizeSerializer Serializer = new(null!);

    /// <returns>What the judge says by itself, and what the model adds.</returns>
    public static (ImmutableArray<Violation> Judged, ImmutableArray<Violation> Inside) Of(Schedule schedule)
    {
        var log = schedule.Server.Simulation.Log.Entries.Select(Line).ToList();
        var evidence = new Evidence([.. schedule.Journal.Rows.Select(r => Row(schedule, r))], [.. log.Concat(Looks(schedule, log)).OrderBy(l => l.At)], [.. schedule.Clients.Seen]);
        ImmutableArray<Violation> inside = [.. schedule.Truths.Find(schedule.Journal, MadeByOthers(schedule))];
        if (!schedule.Clients.AreDone) inside = inside.Add(new("I2", "faults are over, and a client still waits for its answer or for the end of its run"));
        return (Tribunal.Judge(evidence), inside);
    }

    /// <summary>
    /// The log names a collection's segments only when all plans of a compaction are over. Where some are at work while a run looks for its proof, the model
    /// says how far they are.
    /// </summary>
    private static IEnumerable<SimulatorLine> Looks(Schedule schedule, List<SimulatorLine> log)
    {
        var id = Simulation.Ids([schedule.Key.CollectionId])[0];
        foreach (var (row, began, truth) in schedule.Truths.Successes(schedule.Journal))
        {
            var over = log.Where(l => l.Event == "compactionEnded" && l.At < began).Select(l => l.CompactionId).ToHashSet();
            if (log.Any(l => l.CollectionId == id && l.At <= row.SeenAt && (l.Event == "compactionStarted" || l.Started) && !over.Contains(l.CompactionId)))
                yield return new("compactionEnded", row.SeenAt, 0) { CollectionId = id, CompactionId = "a look", Foreign = true, SegmentsAfter = Simulation.Ids(truth.Select(s => s.Id)), SegmentsTogether = [.. truth.GroupBy(s => s.Place).Select(g => Simulation.Ids(g.Select(s => s.Id)))] };
        }
    }

    private static ImmutableHashSet<string> MadeByOthers(Schedule schedule) =>
        [.. schedule.Server.Simulation.Log.Entries.Where(e => e.Foreign == true).SelectMany(e => e.SegmentsMade ?? [])];

    private static JournalRow Row(Schedule schedule, StoredEvent row)
    {
        var dated = row.Event with { Stamp = row.Event.Stamp with { At = row.SeenAt } };
        return new(schedule.Key.ToString(), row.SequenceNr, Serializer.Manifest(dated), WireMessage.Read(Serializer.ToBinary(dated)));
    }

    private static SimulatorLine Line(LogEntry entry) => new(entry.Event, entry.At, entry.MonotonicMs)
    {
        Rpc = entry.Rpc,
        CollectionId = entry.CollectionId,
        CompactionId = entry.CompactionId,
        PlanIds = entry.PlanIds,
        FailedPlanIds = entry.FailedPlanIds,
        SegmentsBefore = entry.SegmentsBefore,
        SegmentsAfter = entry.SegmentsAfter,
        SegmentsMade = entry.SegmentsMade,
        SegmentsTogether = entry.SegmentsTogether,
        SegmentId = entry.SegmentId,
        TouchedUnnamed = entry.TouchedUnnamed,
        Overlaps = entry.Overlaps,
        Effect = entry.Effect,
        Foreign = entry.Foreign,
    };
}

/// <summary>I3 from inside: a success whose segments, indexes or rows are not what it says, as the model had them when the run looked.</summary>
internal sealed class Truths
{
    private readonly List<(string Writer, long After, ImmutableArray<TrueSegment> Segments)> _kept = [];
    private readonly Dictionary<long, DateTimeOffset> _lost = [];
    private readonly List<(RunId Run, int Attempt, DateTimeOffset At)> _arrived = [];

    public void Keep(string writer, long sequenceNr, ImmutableArray<TrueSegment> segments) => _kept.Add((writer, sequenceNr, segments));

    public void Lost(long segment, DateTimeOffset at) => _lost.TryAdd(segment, at);

    public void Arrived(RunId run, int attempt, DateTimeOffset at) => _arrived.Add((run, attempt, at));

    /// <param name="journal">What the product stored.</param>
    /// <param name="byOthers">Segments that somebody else's compactions made.</param>
    public IEnumerable<Violation> Find(FakeJournal journal, ImmutableHashSet<string> byOthers)
    {
        foreach (var row in journal.Rows.Where(r => GivesUp(r.Event)))
        {
            if (journal.Rows.FirstOrDefault(i => i.SequenceNr < row.SequenceNr && i.Event is OptimizeEvent.IntentAccepted && ArrivedAfter(row, i.Event.Stamp)) is { } late)
                yield return new("I1", $"attempt {late.Event.Stamp.Attempt} reached the server after {row.Writer} had given it up by {row.Event.GetType().Name}, event {row.SequenceNr}");
        }

        foreach (var (row, _, truth) in Successes(journal))
        {
            var end = (OptimizeEvent.Ended)row.Event;
            var run = journal.Rows.Where(r => r.Event.Stamp.Run == end.Stamp.Run && r.SequenceNr <= row.SequenceNr).OrderBy(r => r.SequenceNr).ToList();
            if ((Fault(end, row.SeenAt, truth, run) ?? CountedAsOurs(end, truth, run, byOthers)) is { } fault) yield return new("I3", $"{end.Stamp.Run}: Succeeded, but {fault}");
        }
    }

    /// <summary>Each success with the start of its run and the segments at the moment of the look that it rests on; none where nobody looked.</summary>
    public IEnumerable<(StoredEvent Row, DateTimeOffset Began, ImmutableArray<TrueSegment> Truth)> Successes(FakeJournal journal)
    {
        foreach (var row in journal.Rows.Where(r => r.Event is OptimizeEvent.Ended { End.Outcome: RunOutcome.Succeeded }))
        {
            var truth = _kept.LastOrDefault(k => k.Writer == row.Writer && k.After < row.SequenceNr).Segments;
            var began = journal.Rows.FirstOrDefault(r => r.Event is OptimizeEvent.Started && r.Event.Stamp.Run == row.Event.Stamp.Run)?.SeenAt ?? VirtualClock.Start;
            yield return (row, began, truth.IsDefault ? [] : truth);
        }
    }

    // A look that shows no trace of a trigger is worth nothing while that may still arrive.
    private static bool GivesUp(OptimizeEvent e) => e is OptimizeEvent.TriggerReconciled { Triggered: false } or OptimizeEvent.LaneFreed or OptimizeEvent.TriggerNotSent;

    private bool ArrivedAfter(StoredEvent row, Stamp intent) => _arrived.Exists(a => a.Run == intent.Run && a.Attempt == intent.Attempt && a.At > row.SeenAt);

    /// <summary>Somebody else merged candidates, which is worth a warning or another round: a success without either took their plans for ours.</summary>
    private static string? CountedAsOurs(OptimizeEvent.Ended end, ImmutableArray<TrueSegment> truth, List<StoredEvent> run, ImmutableHashSet<string> byOthers)
    {
        var events = run.Select(r => r.Event).ToList();
        if (events.Exists(e => e is OptimizeEvent.MergedElsewhere or OptimizeEvent.Warned { Warning.Code: WarningCode.FlushedMeanwhile or WarningCode.RowsNotCompared })) return null;
        var candidates = events.OfType<OptimizeEvent.CandidatesChosen>().LastOrDefault()?.Candidates.Select(c => c.Id).ToHashSet() ?? [];
        var claimed = end.SegmentsAfter.Select(s => s.Id).ToHashSet();
        var theirs = truth.FirstOrDefault(s => claimed.Contains(s.Id) && byOthers.Contains(Simulation.Ids([s.Id])[0]) && s.From.Any(candidates.Contains)
            && truth.Any(o => o.Id != s.Id && o.Place == s.Place && claimed.Contains(o.Id)));
        return theirs is null ? null : $"segment {theirs.Id}, which somebody else made of candidates, stands beside others that it could be merged with, and no warning says so";
    }

    private string? Fault(OptimizeEvent.Ended end, DateTimeOffset at, ImmutableArray<TrueSegment> truth, List<StoredEvent> run)
    {
        var claimed = end.SegmentsAfter.ToDictionary(s => s.Id, s => s.Rows);
        var round = end.Stamp.Round;
        var sources = run.Select(r => r.Event).OfType<OptimizeEvent.PlansRecorded>().Where(p => p.Stamp.Round == round).SelectMany(p => p.Plans).SelectMany(p => p.Sources).ToHashSet();
        var candidates = run.Select(r => r.Event).OfType<OptimizeEvent.CandidatesChosen>().LastOrDefault()?.Candidates.Select(c => c.Id).ToHashSet() ?? [];
        var warned = run.Select(r => r.Event).OfType<OptimizeEvent.Warned>().Select(w => w.Warning.Code).ToHashSet();
        foreach (var segment in truth.Where(s => claimed.ContainsKey(s.Id)))
        {
            var ours = segment.From.Any(sources.Contains);
            if (ours && !segment.IsIndexed && !warned.Contains(WarningCode.IndexesBehindIngest)) return $"the index of segment {segment.Id} is not built";
            if (claimed[segment.Id] != segment.Rows) return $"segment {segment.Id} has {segment.Rows} rows, not {claimed[segment.Id]}";
            if (ours && _lost.TryGetValue(segment.Id, out var lost) && lost < at && !warned.Overlaps([WarningCode.RowsRemoved, WarningCode.RowsNotCompared, WarningCode.MergedByServer]))
                return $"segment {segment.Id} lost rows, and no warning says so";
            if (candidates.Contains(segment.Id) && truth.Any(o => o.Id != segment.Id && o.Place == segment.Place))
                return $"candidate {segment.Id} stands beside others that it could be merged with";
        }

        return claimed.Keys.FirstOrDefault(c => truth.All(s => s.Id != c)) is var gone && gone != 0 ? $"segment {gone}, which it claims, is not there" : null;
    }
}
