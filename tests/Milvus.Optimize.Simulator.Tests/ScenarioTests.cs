namespace Milvus.Optimize.Simulator.Tests;

public sealed class ScenarioTests
{
    public static TheoryData<string, string> Every()
    {
        var all = new TheoryData<string, string>();
        foreach (var generation in GenerationRules.Names)
            foreach (var scenario in Scenarios.All) all.Add(generation, scenario.Name);
        return all;
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Every_scenario_starts_in_every_generation(string generation, string scenario)
    {
        using var simulation = new Simulation(new SimulatorOptions { Generation = generation, Scenario = scenario });
        Assert.NotNull(simulation.Read(world => world.Catalog.Find("default", "books")));
    }

    [Fact]
    public void Every_scenario_says_in_one_sentence_what_it_is() =>
        Assert.All(Scenarios.All, scenario => Assert.EndsWith(".", scenario.About, StringComparison.Ordinal));

    [Fact]
    public void Every_scenario_has_a_test_of_its_sentence_and_every_such_test_a_scenario()
    {
        var shown = typeof(ScenarioTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(ShowsScenarioAttribute), inherit: false).Cast<ShowsScenarioAttribute>())
            .Select(one => one.Name).Distinct().Order();
        Assert.Equal(Scenarios.All.Select(scenario => scenario.Name).Order(), shown);
    }

    [Fact]
    public void The_default_stands_first() => Assert.Equal(Scenarios.Default, Scenarios.All[0].Name);

    [Theory]
    [InlineData("g9", "pleasant", 1)]
    [InlineData("g4", "none", 1)]
    [InlineData("g4", "pleasant", 0)]
    public void Options_that_name_nothing_are_refused(string generation, string scenario, double speed) =>
        Assert.Throws<ArgumentException>(() => new Simulation(new SimulatorOptions { Generation = generation, Scenario = scenario, Speed = speed }));
}
