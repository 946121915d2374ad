namespace Milvus.Optimize.Simulator.Model;

/// <summary>What a ManualCompaction did.</summary>
internal sealed record CompactionTrigger(long CompactionId, IReadOnlyList<CompactionTask> Plans);
