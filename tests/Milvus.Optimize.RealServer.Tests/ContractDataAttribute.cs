using System.Reflection;
using Xunit.Sdk;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>One row each for what is always at hand.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ContractDataAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["scripted"], ["simulator 2.3"], ["simulator g4"]];
}

/// <summary>A row for the real server; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealServerDataAttribute : DataAttribute
{
    public RealServerDataAttribute() => Skip = RealMilvus.Missing;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [["real"]];
}
