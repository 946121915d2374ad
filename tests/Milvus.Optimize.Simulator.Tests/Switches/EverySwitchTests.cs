using System.Reflection;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>Each option, setting, timing, override, kind of fault and rule of a generation makes a difference that a plain client sees; one that nobody looks at turns this red.</summary>
public sealed class EverySwitchTests
{
    /// <summary>Of port 9091, see <see cref="HttpPortTests"/>.</summary>
    private const string NotOverGrpc = $"rule.{nameof(GenerationRules.HasManagementLists)}";

    private static readonly IReadOnlyList<Switch> All = [.. OptionSwitches.All, .. SettingSwitches.All, .. TimingSwitches.All, .. FaultSwitches.All, .. RuleSwitches.All, .. TextSwitches.All];

    public static TheoryData<int, string> Looks()
    {
        var looks = new TheoryData<int, string>();
        for (var i = 0; i < All.Count; i++) looks.Add(i, All[i].ToString());
        return looks;
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task A_client_sees_the_difference(int number, string name)
    {
        var one = All[number];
        Assert.NotEqual(one.Without, one.With);
        Assert.Equal((name, one.Without), (name, await Seen(one, one.Generation, options => options)));
        Assert.Equal((name, one.With), (name, await Seen(one, one.TurnedGeneration ?? one.Generation, one.Turn)));
    }

    [Fact]
    public void Every_switch_of_the_simulator_is_looked_at()
    {
        string[] there =
        [
            .. Names<SimulatorOptions>("options").Except(OptionSwitches.Elsewhere.Select(name => $"options.{name}")),
            .. Names<ServerSettings>("settings").Except(["settings.Topology"]),
            .. Names<Topology>("topology"),
            .. Names<ServerTimings>("timings"),
            .. Names<SettingsOverrides>("overrides"),
            .. typeof(Fault).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => $"fault.{kind.TypeDiscriminator}"),
            .. Names<GenerationRules>("rule").Except(["rule.Name", NotOverGrpc]),
        ];
        Assert.Equal(there.Order(), All.Select(one => one.Name).Distinct().Order());
    }

    [Fact]
    public void Two_generations_that_are_looked_at_differ_in_that_rule() => Assert.All(All.Where(one => one.TurnedGeneration is not null), one =>
    {
        var rule = typeof(GenerationRules).GetProperty(one.Name["rule.".Length..])!;
        Assert.NotEqual(rule.GetValue(GenerationRules.Of(one.Generation)), rule.GetValue(GenerationRules.Of(one.TurnedGeneration!)));
    });

    [Fact]
    public void Every_kind_of_fault_has_a_name_of_its_own()
    {
        var kinds = typeof(Fault).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Fault)) && !type.IsAbstract);
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), typeof(Fault).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(kind => kind.DerivedType.Name).Order());
    }

    private static async Task<string> Seen(Switch one, string generation, Func<SimulatorOptions, SimulatorOptions> turn)
    {
        await using var simulator = await RunningSimulator.Start(generation, one.Scenario, options => turn(one.Both(options)));
        if (one.Collection is { } collection) simulator.Control.AddCollection(collection);
        using var client = new PlainClient(simulator);
        return await one.See(client);
    }

    private static IEnumerable<string> Names<T>(string of) =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{of}.{property.Name}");
}
