using System.Diagnostics.Metrics;

namespace Milvus.Optimize.Core.Telemetry;

/// <summary>Every instrument. Recorded by the shells, after the journal has stored what they tell of, and never while a history is read again.</summary>
internal static class OptimizeInstruments
{
    private static readonly Meter Meter = OptimizeTelemetry.Meter;
    private static readonly double[] Quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private static readonly double[] Long = [0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400];

    /// <summary>Runs that were accepted.</summary>
    public static Counter<long> RunsStarted { get; } = Meter.CreateCounter<long>("milvus.optimize.runs.started", "{run}", "Runs that were accepted.");

    /// <summary>Runs that ended. Tag: outcome.</summary>
    public static Counter<long> Runs { get; } = Meter.CreateCounter<long>("milvus.optimize.runs", "{run}", "Runs that ended.");

    /// <summary>From a run's acceptance to its end. Tag: outcome.</summary>
    public static Histogram<double> RunDuration { get; } = Seconds("milvus.optimize.run.duration", "From a run's acceptance to its end.", Long);

    /// <summary>Unfinished runs that are awake on this node. Tag: state (running, held, parked, quarantined).</summary>
    public static UpDownCounter<long> Active { get; } = Meter.CreateUpDownCounter<long>("milvus.optimize.active", "{run}", "Unfinished runs that are awake on this node.");

    /// <summary>How long a stage took, restarts and pauses included. Tag: stage.</summary>
    public static Histogram<double> StageDuration { get; } = Seconds("milvus.optimize.stage.duration", "How long a stage of a run took.", Long);

    /// <summary>Steps that were tried. Tags: effect, outcome (answered, failed, lost).</summary>
    public static Counter<long> EffectAttempts { get; } = Meter.CreateCounter<long>("milvus.optimize.effect.attempts", "{attempt}", "Steps of runs that were tried.");

    /// <summary>Compactions that were asked for. Tag: outcome (acknowledged, refused, not_sent, unknown).</summary>
    public static Counter<long> Triggers { get; } = Meter.CreateCounter<long>("milvus.optimize.triggers", "{trigger}", "Compactions that were asked for.");

    /// <summary>From a decision to its storage. Tag: outcome (stored, failed, fenced).</summary>
    public static Histogram<double> JournalWrite { get; } = Seconds("milvus.optimize.journal.write.duration", "One write to the journal.", Quick);

    /// <summary>Reading a collection's history back.</summary>
    public static Histogram<double> JournalRecovery { get; } = Seconds("milvus.optimize.journal.recovery.duration", "Reading a collection's history back.", Quick);

    /// <summary>Times that this node had to stand back. Tag: kind (node: it stood still or was shut out; collection: another node wrote its next event).</summary>
    public static Counter<long> Fences { get; } = Meter.CreateCounter<long>("milvus.optimize.fences", "{fence}", "Times that this node had to stand back for another.");

    /// <summary>One call on the wire, tries again counted one by one. Tags: rpc, status (OK, a gRPC status, or Milvus and the answer's code), server.</summary>
    public static Histogram<double> MilvusCall { get; } = Seconds("milvus.optimize.milvus.call.duration", "One call to Milvus.", Quick);

    /// <summary>One request to the management routes; those that wait for a change wait here too. Tags: operation, status.</summary>
    public static Histogram<double> HttpRequest { get; } = Seconds("milvus.optimize.http.request.duration", "One request to the management routes.", Quick);

    private static Histogram<double> Seconds(string name, string description, double[] bounds) =>
        Meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
