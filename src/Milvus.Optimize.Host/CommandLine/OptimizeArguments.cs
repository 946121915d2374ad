using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>The verb <c>optimize</c> as it was typed, checked.</summary>
/// <param name="Key">Null lets the command make one.</param>
/// <param name="Timeout">How long to wait for the end; null without bound.</param>
internal sealed record OptimizeArguments(
    string Collection, string Database, OptimizeParameters Parameters, string? Key, RunTarget Target, TimeSpan? Timeout, TimeSpan Deadline, bool NoWait,
    bool Json, string? State);
