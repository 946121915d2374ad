using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>The values inside events, to the wire and back.</summary>
internal static class WireValues
{
    public static Wire.Stamp ToWire(this Stamp s) =>
        new() { Run = s.Run.ToString(), Epoch = s.Epoch, Round = s.Round, Attempt = s.Attempt, At = s.At.ToTimestamp() };

    public static Stamp FromWire(this Wire.Stamp s) => new(RunId.Parse(s.Run), s.Epoch, s.Round, s.Attempt, s.At.ToDateTimeOffset());

    public static Wire.Parameters ToWire(this OptimizeParameters p) => new() { TargetSizeMb = p.TargetSize.Megabytes, Flush = p.Flush, Force = p.Force };

    public static OptimizeParameters FromWire(this Wire.Parameters p) => new(new TargetSize(p.TargetSizeMb), p.Flush, p.Force);

    public static Wire.Budgets ToWire(this SendBudgets b) => new()
    {
        SendWithin = b.SendWithin.ToDuration(), CallTimeout = b.CallTimeout.ToDuration(), TcpUserTimeout = b.TcpUserTimeout.ToDuration(),
        ServerDeadline = b.ServerDeadline.ToDuration(), Margin = b.Margin.ToDuration(),
    };

    public static SendBudgets FromWire(this Wire.Budgets b) => new(
        b.SendWithin.ToTimeSpan(), b.CallTimeout.ToTimeSpan(), b.TcpUserTimeout.ToTimeSpan(), b.ServerDeadline.ToTimeSpan(), b.Margin.ToTimeSpan());

    public static Wire.Minimum? ToWire(this ReachableMinimum? m) => m is null ? null : new() { Segments = m.Segments, Basis = m.Basis };

    public static ReachableMinimum? FromWire(this Wire.Minimum? m) => m is null ? null : new(m.Segments, m.Basis);

    public static IEnumerable<Wire.Segment> ToWire(this ImmutableArray<SegmentObservation> segments) => segments.Select(s => new Wire.Segment
    {
        Id = s.Id, PartitionId = s.PartitionId, Rows = s.Rows, State = (int)s.State, Level = (int)s.Level, Sorted = s.Sorted, Channel = s.Channel,
    });

    public static ImmutableArray<SegmentObservation> FromWire(this RepeatedField<Wire.Segment> segments) =>
        [.. segments.Select(s => new SegmentObservation(s.Id, s.PartitionId, s.Rows, (SegmentState)s.State, (SegmentLevel)s.Level, s.Sorted, s.Channel))];

    public static IEnumerable<Wire.Plan> ToWire(this ImmutableArray<CompactionPlan> plans) => plans.Select(p => new Wire.Plan
    {
        Sources = { p.Sources }, Targets = { p.Targets }, NamesEveryTarget = p.NamesEveryTarget, FailureReason = p.FailureReason,
    });

    public static ImmutableArray<CompactionPlan> FromWire(this RepeatedField<Wire.Plan> plans) =>
        [.. plans.Select(p => new CompactionPlan([.. p.Sources], [.. p.Targets], p.NamesEveryTarget, p.FailureReason))];

    public static GenerationRange Generations(string oldest, string newest) => new(Generation(oldest), Generation(newest));

    public static T Named<T>(string name)
        where T : struct, System.Enum => System.Enum.TryParse<T>(name, out var value) && System.Enum.GetName(value) == name
            ? value
            : throw new ArgumentException($"'{name}' is no {typeof(T).Name} that this version knows");

    private static Generation? Generation(string name) => name.Length == 0 ? null : Named<Generation>(name);
}
