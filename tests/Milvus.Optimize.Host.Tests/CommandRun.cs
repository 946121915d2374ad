using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Host.CommandLine;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Targets;

namespace Milvus.Optimize.Host.Tests;

/// <summary>One process's worth of command line over scripted runs; two of them on one folder are two processes, as far as the lock and the socket know.</summary>
internal sealed class CommandRun : IClusterSet, IHandOver, IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    public ScriptedRuns Runs { get; } = new();

    public ScriptedMilvus Milvus { get; } = new();

    public WatchedWriter Out { get; } = new();

    public WatchedWriter Error { get; } = new();

    public Dictionary<string, string> Variables { get; } = [];

    public Interruption Interruption { get; } = new();

    public Dictionary<string, string> Clusters { get; } = [];

    /// <summary>The runs that were handed over: <c>all</c>, or the id of the only one.</summary>
    public List<string> HandedOver { get; } = [];

    public IReadOnlyDictionary<string, Credentials>? HandedCredentials { get; private set; }

    private CommandEnvironment Environment => new(new(Out, Error, false, false), n => Variables.GetValueOrDefault(n), Compose, Interruption, this, TimeProvider.System);

    public Task<int> InvokeAsync(params string[] args) => CommandTree.RunAsync(args, Environment);

    /// <summary>The same with this run's own state folder.</summary>
    public Task<int> InvokeHereAsync(params string[] args) => InvokeAsync([.. args, "--state", Folder.Path]);

    public OptimizeArguments Arguments(params string[] args)
    {
        var verb = new OptimizeVerb();
        var root = new System.CommandLine.RootCommand { verb.Create(Environment) };
        return verb.Arguments(root.Parse(args), Environment);
    }

    public void Set(ClusterName name, IMilvusGateway gateway) => Clusters[name.Value] = "set";

    public void Hold(ClusterName name, Held held) => Clusters[name.Value] = held.Reason;

    public Task<int> StartAsync(StateFolder folder, IReadOnlyDictionary<string, Credentials> credentials, RunId? only)
    {
        HandedOver.Add(only?.ToString() ?? "all");
        HandedCredentials = credentials;
        return Task.FromResult(4711);
    }

    public void Dispose()
    {
        Interruption.Dispose();
        Folder.Dispose();
    }

    private void Compose(IServiceCollection services, StateFolder folder) => services
        .AddSingleton<IOptimizeRuns>(Runs).AddSingleton<IOptimizeNode>(Runs).AddSingleton<IRunTable>(Runs).AddSingleton<IClusterSet>(this)
        .AddSingleton<IRunHistory>(Milvus).AddSingleton<IClusterInspection>(Milvus);
}
