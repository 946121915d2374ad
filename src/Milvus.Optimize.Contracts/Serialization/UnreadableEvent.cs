namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>
/// An event that this version cannot read: a newer version wrote it, or the row is damaged. Reading never throws, so that the collection stays visible,
/// quarantined, instead of failing its recovery for ever.
/// </summary>
public sealed record UnreadableEvent(string Manifest, string Reason);
