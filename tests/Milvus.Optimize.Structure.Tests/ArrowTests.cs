namespace Milvus.Optimize.Structure.Tests;

/// <summary>Arrows between projects only point up: towards the heart, never back.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Contracts"] = ["Core"],
        ["Client"] = ["Core", "Contracts"],
        ["Gateway"] = ["Core"],
        ["Actors"] = ["Core", "Contracts"],
        ["Storage"] = ["Core", "Contracts"],
        ["Management"] = ["Core", "Contracts", "Client", "Storage"],
        ["Simulator"] = [],
        ["Host"] = ["Core", "Contracts", "Client", "Gateway", "Actors", "Storage", "Management", "Simulator"],
    };

    public static TheoryData<string> Names { get; } = [.. SourceProject.All.Select(p => p.Name)];

    [Fact]
    public void Every_project_has_its_place() => Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), SourceProject.All.Select(p => p.Name));

    [Theory, MemberData(nameof(Names))]
    public void A_project_refers_only_to_those_above_it(string name)
    {
        Assert.Empty(Of(name).Projects.Except(Allowed[name]));
        Assert.Empty(Of(name).UsedProjects.Except(Allowed[name]));
    }

    [Fact]
    public void The_heart_needs_nothing_but_the_base_class_library()
    {
        Assert.Empty(Of("Core").Packages);
        Assert.All(Of("Core").Assemblies, a => Assert.StartsWith("System.", a, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Microsoft.Data.Sqlite", "Storage")]
    [InlineData("Akka.Persistence.Sql", "Storage")]
    [InlineData("linq2db", "Storage")]
    [InlineData("Npgsql", "Storage")]
    [InlineData("Grpc.Net.Client", "Gateway")]
    [InlineData("Akka.Persistence", "Actors")]
    [InlineData("Grpc.AspNetCore.Server", "Simulator")]
    public void What_belongs_to_one_project_is_used_by_no_other(string assembly, string owner) =>
        Assert.Empty(SourceProject.All.Where(p => p.Name != owner && (p.Packages.Contains(assembly) || p.Assemblies.Contains(assembly))).Select(p => p.Name));

    [Theory]
    [InlineData("Core")]
    [InlineData("Gateway")]
    [InlineData("Management")]
    [InlineData("Simulator")]
    public void No_actor_lives_in(string name) => Assert.DoesNotContain(Of(name).Assemblies, a => a.StartsWith("Akka", StringComparison.Ordinal));

    [Fact]
    public void Only_management_simulator_and_host_serve_HTTP() => Assert.Empty(SourceProject.All
        .Where(p => p.Assemblies.Any(a => a.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)))
        .Select(p => p.Name).Except(["Management", "Simulator", "Host"]));

    private static SourceProject Of(string name) => SourceProject.All.Single(p => p.Name == name);
}
