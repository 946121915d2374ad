using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>The verb <c>optimize</c> as it was typed, checked.</summary>
/// <param name="Key">Null lets the command make one.</param>
/// <param name="Target">Null where a server is asked, which knows its clusters.</param>
/// <param name="Cluster">The server's cluster; null where a target is brought.</param>
/// <param name="Format">One of table, wide, json and jsonl.</param>
/// <param name="Timeout">How long to wait for the end; null without bound.</param>
internal sealed record OptimizeArguments(
    string Collection, string Database, OptimizeParameters Parameters, string? Key, RunTarget? Target, TimeSpan? Timeout, TimeSpan Deadline, bool NoWait,
    string Format, NodePlace Place, ClusterName? Cluster = null);
