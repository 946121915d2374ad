using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Milvus.Optimize.Core.Telemetry;

/// <summary>
/// The one meter and the one source of everything here. A host collects them as any other: <c>AddMeter(OptimizeTelemetry.MeterName)</c> and
/// <c>AddSource(OptimizeTelemetry.SourceName)</c>. docs/telemetry.md lists the instruments; nothing is measured while nobody listens.
/// </summary>
public static class OptimizeTelemetry
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Milvus.Optimize";

    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "Milvus.Optimize";

    internal const string RunTag = "milvus.optimize.run";
    internal const string CollectionTag = "milvus.optimize.collection";

    internal static Meter Meter { get; } = new(MeterName);

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>A span below one that was left elsewhere, or a new trace: what the thread happens to carry is somebody else's.</summary>
    /// <param name="name">Of few values: ids are tags.</param>
    /// <param name="kind">Which end it is.</param>
    /// <param name="parent">As W3C writes it; null, or what is none, begins a trace.</param>
    internal static Activity? Begin(string name, ActivityKind kind, string? parent)
    {
        Activity.Current = null;
        return Source.StartActivity(name, kind, ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : default);
    }
}
