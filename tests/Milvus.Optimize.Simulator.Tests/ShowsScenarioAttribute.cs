namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Put on a test that lets a plain client see what the sentence of a scenario says; a scenario without one turns <see cref="ScenarioTests"/> red.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ShowsScenarioAttribute(string name) : Attribute
{
    public string Name => name;
}
