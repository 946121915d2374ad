using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Storage;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>docs/settings-considered.md says what a node runs with, and is asked here whether that is so.</summary>
public sealed partial class ConsideredSettingsTests
{
    [Fact]
    public async Task Every_value_on_the_page_is_the_one_that_a_node_runs_with()
    {
        var rows = Row().Matches(Repository.Read("docs/settings-considered.md")).Select(m => (Path: m.Groups[1].Value, Value: m.Groups[2].Value.Trim('"'))).ToList();
        Assert.True(rows.Count > 20, "the page has no table of settings");
        var node = await ConfigOfANodeAsync();
        Assert.Empty(rows.Where(r => node.GetString(r.Path) != r.Value).Select(r => $"{r.Path} is {node.GetString(r.Path) ?? "not there"}, and {r.Value} on the page"));
    }

    [Fact]
    public void Every_setting_of_the_common_file_is_on_the_page()
    {
        var page = Repository.Read("docs/settings-considered.md");
        var paths = Paths(AkkaFiles.Read(AkkaFiles.Common)).ToList();
        Assert.True(paths.Count >= 20, $"the common file has {paths.Count} settings");
        Assert.DoesNotContain(paths, path => !page.Contains($"`{path}`", StringComparison.Ordinal));
    }

    /// <summary>The actor system as <c>node --config</c> composes it, without its actors and without a database.</summary>
    private static async Task<Config> ConfigOfANodeAsync()
    {
        var address = $"127.0.0.1:{FreePorts.Next()}";
        var settings = NodeSettings.Read(Path.Combine(Repository.Root, "docker/node.json"), [
            "Storage:PostgreSql=Host=127.0.0.1;Database=optimize;Username=optimize", "Akka:Host=127.0.0.1", "Akka:BindHost=127.0.0.1", $"Akka:Port={address.Split(':')[1]}",
            .. Enumerable.Range(0, 3).Select(i => $"Akka:SeedNodes:{i}={address}")]);
        var services = new ServiceCollection().AddLogging().AddOptimizeStorage(settings.Storage).AddMilvusOptimize(settings.Optimize);
        services.AddAkka(AkkaSettings.SystemName, (akka, provider) =>
        {
            ClusterNode.Compose(akka, provider, settings);
            akka.AddHocon("akka.coordinated-shutdown.run-by-actor-system-terminate = off", HoconAddMode.Prepend);
        });
        await using var provider = services.BuildServiceProvider();
        var system = provider.GetRequiredService<ActorSystem>();

        // It brings the defaults of what is not set.
        ClusterSharding.Get(system);
        var config = system.Settings.Config;
        await system.Terminate();
        return config;
    }

    private static IEnumerable<string> Paths(Config config) => config.AsEnumerable().SelectMany(e => Below(e.Key, e.Value));

    private static IEnumerable<string> Below(string path, HoconValue value) =>
        value.IsObject() ? value.GetObject().Items.SelectMany(i => Below($"{path}.{i.Key}", i.Value)) : [path];

    [GeneratedRegex("^\\| `(akka\\.[^`]+)` \\| `([^`]*)`", RegexOptions.Multiline)]
    private static partial Regex Row();
}
