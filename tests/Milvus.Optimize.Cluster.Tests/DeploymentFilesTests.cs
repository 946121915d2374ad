using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Host.Settings;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>docker/: what can be seen without an engine.</summary>
public sealed class DeploymentFilesTests
{
    [Fact]
    public void Compose_starts_three_nodes_that_find_each_other_and_come_back()
    {
        using var text = new StringReader(Repository.Read("docker/compose.yaml"));
        var compose = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(new MergingParser(new Parser(text)));
        var services = (Dictionary<object, object>)compose["services"];
        var nodes = services.Where(s => ((string)s.Key).StartsWith("node", StringComparison.Ordinal)).Select(s => (Name: (string)s.Key, Service: (Dictionary<object, object>)s.Value)).ToList();
        Assert.Equal(Settings().Akka.SeedNodes, nodes.Select(n => $"{n.Name}:8110"));
        Assert.All(nodes, n =>
        {
            Assert.Equal("always", n.Service["restart"]);
            Assert.Equal(n.Name, ((Dictionary<object, object>)n.Service["environment"])["Milvus__Optimize__Akka__Host"]);
            Assert.All(((Dictionary<object, object>)n.Service["depends_on"]).Keys, d => Assert.Contains(d, services.Keys));
        });
    }

    [Fact]
    public void The_containers_settings_work() => Assert.Equal(["main"], Settings().Clusters.Keys);

    [Fact]
    public void The_unit_starts_a_node_again_and_gives_it_time_to_end()
    {
        var unit = Repository.Read("docker/milvus-optimize.service").Split('\n');
        Assert.Contains("Restart=always", unit);
        Assert.Contains("StartLimitIntervalSec=0", unit);
        var stop = unit.Single(l => l.StartsWith("TimeoutStopSec=", StringComparison.Ordinal))["TimeoutStopSec=".Length..].TrimEnd('s');
        var budgets = Settings().Optimize.Budgets;
        Assert.True(TimeSpan.FromSeconds(int.Parse(stop, System.Globalization.CultureInfo.InvariantCulture)) > (budgets.SendWithin + budgets.CallTimeout + TimeSpan.FromSeconds(15)) * 2);
    }

    private static NodeSettings Settings() =>
        NodeSettings.Read(Path.Combine(Repository.Root, "docker/node.json"), ["Storage:PostgreSql=Host=postgres;Database=optimize;Username=optimize"]);
}
