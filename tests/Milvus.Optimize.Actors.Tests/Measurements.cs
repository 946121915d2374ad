using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Milvus.Optimize.Core.Telemetry;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Tests that read what the whole process measured: none runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

/// <summary>What the meter and the source said since this was made.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _source;
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _all = [];

    public Measurements()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == OptimizeTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _meter.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _meter.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _meter.Start();
        _source = new()
        {
            ShouldListenTo = s => s.Name == OptimizeTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_source);
    }

    public ConcurrentQueue<Activity> Spans { get; } = [];

    /// <summary>The sum of what an instrument was given.</summary>
    /// <param name="name">Of the instrument.</param>
    /// <param name="tags">The first ones, as <c>name=value</c> with commas, in their order; null takes all.</param>
    public double Sum(string name, string? tags = null) => Of(name, tags).Sum(m => m.Value);

    public int Count(string name, string? tags = null) => Of(name, tags).Count();

    public string[] Tags(string name) => [.. Of(name, null).Select(m => m.Tags).Distinct().Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _meter.Dispose();
        _source.Dispose();
    }

    private IEnumerable<(string Name, double Value, string Tags)> Of(string name, string? tags) => _all.Where(m => m.Name == name && (tags is null || m.Tags == tags || m.Tags.StartsWith(tags + ",", StringComparison.Ordinal)));

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue((instrument.Name, value, string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
}
