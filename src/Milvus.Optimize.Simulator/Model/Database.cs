namespace Milvus.Optimize.Simulator.Model;

internal sealed record Database(long Id, string Name, ulong CreatedAt);
