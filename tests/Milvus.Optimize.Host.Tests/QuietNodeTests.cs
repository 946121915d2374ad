using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Standard output belongs to the command's answer.</summary>
public sealed class QuietNodeTests
{
    [Fact]
    public async Task Akka_prints_nothing_even_when_its_loggers_have_stopped()
    {
        using var folder = new TemporaryFolder();
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        AkkaComposition.Add(builder.Services, StateFolder.Open(folder.Path));
        using var host = builder.Build();
        await host.StartAsync();
        Assert.IsType<SilentLogger>(host.Services.GetRequiredService<ActorSystem>().Settings.StdoutLogger);
        await host.StopAsync();
    }
}
