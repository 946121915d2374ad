using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>An actor system over a journal, set up as a node's.</summary>
internal sealed class JournalNode : IAsyncDisposable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(20);
    private readonly IHost _host;

    private JournalNode(IHost host) => _host = host;

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public static Task<JournalNode> StartAsync(string journal) => StartAsync(new StorageOptions { SqliteFile = journal, LockFile = false });

    /// <param name="options">Where the journal is.</param>
    /// <param name="hocon">What the actor system is to have beside it.</param>
    public static async Task<JournalNode> StartAsync(StorageOptions options, string hocon = "")
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOptimizeStorage(options);
        builder.Services.AddAkka("journal", (akka, services) =>
        {
            akka.ConfigureLoggers(loggers => loggers.ClearLoggers());
            akka.WithOptimizeStorage(services).AddSetup(OptimizeSerializer.Setup).AddHocon(hocon, HoconAddMode.Prepend);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    /// <summary>A new incarnation, back from its journal.</summary>
    public async Task<IActorRef> RecoverAsync(string persistenceId)
    {
        var keeper = System.ActorOf(Keeper.Props(persistenceId));
        await HistoryAsync(keeper);
        return keeper;
    }

    public static Task<Keeper.History> HistoryAsync(IActorRef keeper) => keeper.Ask<Keeper.History>(new Keeper.Tell(), Answer);

    /// <summary>A <see cref="Keeper.Kept"/> or <see cref="Keeper.NotKept"/>.</summary>
    public static Task<object> KeepAsync(IActorRef keeper, OptimizeEvent e) => keeper.Ask<object>(e, Answer);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
