namespace Milvus.Optimize.Simulator.Planning;

/// <summary>A segment as a planner sees it.</summary>
internal readonly record struct PlanInput(long SegmentId, long Bytes);
