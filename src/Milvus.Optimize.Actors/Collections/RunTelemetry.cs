using System.Diagnostics;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Core.Telemetry;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>What one collection tells the meter and the source. It decides nothing, and nothing reads it.</summary>
internal sealed class RunTelemetry(CollectionKey key, OptimizeOptions options)
{
    private static readonly BoundedLabel Collections = new(1000);
    private (RunId Run, string Trace)? _asked;
    private (RunId Run, string Trace)? _trace;
    private string? _counted;

    /// <summary>The run is, or is no more, one of this node's unfinished ones.</summary>
    /// <param name="state">Null: it is none.</param>
    public void Count(string? state)
    {
        if (state == _counted) return;
        if (_counted is not null) OptimizeInstruments.Active.Add(-1, new KeyValuePair<string, object?>("state", _counted));
        if (state is not null) OptimizeInstruments.Active.Add(1, new KeyValuePair<string, object?>("state", state));
        _counted = state;
    }

    /// <summary>What was just stored: runs that began and ended, stages that are over.</summary>
    public void Stored(CollectionState before, CollectionState after, DateTimeOffset now)
    {
        var (was, isNow) = (Facts(before.Run), Facts(after.Run));
        if (isNow is null) return;
        var began = was?.Run != isNow.Run;
        if (began) OptimizeInstruments.RunsStarted.Add(1, Tags(isNow));
        if (began) (was, _trace) = (null, _asked?.Run == isNow.Run ? _asked : null);
        foreach (var (i, entry) in isNow.Timeline.Index().Skip(Math.Max(0, (was?.Timeline.Length ?? 1) - 1)))
        {
            var end = i + 1 < isNow.Timeline.Length ? isNow.Timeline[i + 1].At : after.Run is R.Ended && before.Run is not R.Ended ? now : (DateTimeOffset?)null;
            if (end is { } at) OptimizeInstruments.StageDuration.Record((at - entry.At).TotalSeconds, new KeyValuePair<string, object?>("stage", entry.Stage.ToString()));
        }

        if (after.Run is not R.Ended ended || (before.Run is R.Ended && !began)) return;
        var outcome = ended.End.Outcome.ToString();
        OptimizeInstruments.Runs.Add(1, Tags(isNow, outcome));
        OptimizeInstruments.RunDuration.Record((now - isNow.StartedAt).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>The span that asks for a run. Where that begins, it is kept for as long as this incarnation lives: what the run does stands below it.</summary>
    public void Asked(RunId run, string? traceParent) => _asked = traceParent is null ? null : (run, traceParent);

    public string? TraceOf(RunId run) => _trace?.Run == run ? _trace?.Trace : null;

    /// <summary>A step's span; to be begun where it is carried out.</summary>
    public static Activity? Begin(string effect, RunFacts facts, string? trace) => OptimizeTelemetry.Begin(effect, ActivityKind.Internal, trace)
        ?.SetTag(OptimizeTelemetry.RunTag, facts.Run.ToString()).SetTag(OptimizeTelemetry.CollectionTag, facts.Collection.Name).SetTag("stage", facts.Stage.ToString());

    public static void Attempted(OptimizeEffect effect, string outcome) =>
        OptimizeInstruments.EffectAttempts.Add(1, new("effect", effect.GetType().Name), new("outcome", outcome));

    public static void Wrote(TimeSpan took, string outcome) => OptimizeInstruments.JournalWrite.Record(took.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    private static RunFacts? Facts(R run) => run switch
    {
        R.Active a => a.Facts,
        R.Ended e => e.Facts,
        _ => null,
    };

    private TagList Tags(RunFacts facts, string? outcome = null)
    {
        var tags = new TagList();
        if (outcome is not null) tags.Add("outcome", outcome);
        if (options.CollectionMetrics) tags.Add("collection", Collections.Of($"{key.Cluster}/{facts.Collection.Database}/{facts.Collection.Name}"));
        return tags;
    }
}
