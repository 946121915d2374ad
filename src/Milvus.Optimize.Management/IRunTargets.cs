using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management;

/// <summary>
/// Takes targets that requests bring with them. Optional: a node without one refuses such requests, and so does every node over anything but its
/// local Unix socket, whose file permissions say who may ask.
/// </summary>
public interface IRunTargets
{
    /// <summary>Makes the target reachable under the name that is returned; the same address always gives the same name.</summary>
    /// <exception cref="ParamException">The address or a file cannot work; the text says what to do.</exception>
    Task<ClusterName> BringAsync(RunTarget target, CancellationToken cancellationToken);
}
