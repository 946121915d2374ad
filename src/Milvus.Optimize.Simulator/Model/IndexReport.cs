using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

internal sealed record IndexReport(long TotalRows, long IndexedRows, long PendingRows, IndexState State, string FailReason);
