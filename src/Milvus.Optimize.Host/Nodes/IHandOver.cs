using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Host.Targets;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Starts the node that carries runs on when a command ends.</summary>
internal interface IHandOver
{
    /// <summary>Returns its process id. It waits for the folder's lock, which the caller still has.</summary>
    /// <param name="only">The one run to wake; null for all.</param>
    Task<int> StartAsync(StateFolder folder, IReadOnlyDictionary<string, Credentials> credentials, RunId? only);
}
