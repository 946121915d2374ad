using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Something that will be true at a moment of server time. The number orders what happens at the same moment.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(PlanEnds), "planEnds")]
[JsonDerivedType(typeof(PlanVanishes), "planVanishes")]
[JsonDerivedType(typeof(PlanIsCleaned), "planIsCleaned")]
[JsonDerivedType(typeof(OldRecordsGo), "oldRecordsGo")]
[JsonDerivedType(typeof(AutoCompactionLooks), "autoCompactionLooks")]
[JsonDerivedType(typeof(DeletesApply), "deletesApply")]
[JsonDerivedType(typeof(SegmentFlushes), "segmentFlushes")]
[JsonDerivedType(typeof(SegmentIsSorted), "segmentIsSorted")]
[JsonDerivedType(typeof(IndexIsRegistered), "indexIsRegistered")]
[JsonDerivedType(typeof(IndexIsBuilt), "indexIsBuilt")]
[JsonDerivedType(typeof(LoadEnds), "loadEnds")]
[JsonDerivedType(typeof(RefreshEnds), "refreshEnds")]
[JsonDerivedType(typeof(ViewHandsOver), "viewHandsOver")]
internal abstract record Happening
{
    public DateTimeOffset DueAt { get; init; }

    public long Number { get; init; }
}

internal sealed record PlanEnds(long PlanId) : Happening;

internal sealed record PlanVanishes(long PlanId) : Happening;

internal sealed record PlanIsCleaned(long PlanId) : Happening;

internal sealed record OldRecordsGo : Happening;

internal sealed record AutoCompactionLooks(long CollectionId) : Happening;

internal sealed record DeletesApply(long SegmentId) : Happening;

internal sealed record SegmentFlushes(long SegmentId) : Happening;

internal sealed record SegmentIsSorted(long SegmentId, ulong StartedAt) : Happening;

internal sealed record IndexIsRegistered(long SegmentId) : Happening;

internal sealed record IndexIsBuilt(long SegmentId, long IndexId, string? FailReason) : Happening;

internal sealed record LoadEnds(long CollectionId) : Happening;

internal sealed record RefreshEnds(long CollectionId) : Happening;

internal sealed record ViewHandsOver(long CollectionId) : Happening;
