namespace Milvus.Optimize.Judge;

/// <summary>What a client was told about a run, in the order in which it was told.</summary>
/// <param name="Client">Which client: each sees time go forwards only for itself.</param>
public sealed record ClientLine(string Client, string Run, long Revision, string State, bool Done);
