using Microsoft.Extensions.Hosting;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Lets a host inside a command listen to no signal and print nothing: the command owns both.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
