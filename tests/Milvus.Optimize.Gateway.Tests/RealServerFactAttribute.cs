namespace Milvus.Optimize.Gateway.Tests;

/// <summary>A test that needs a real Milvus. Skipped, with the reason, unless MILVUS_TEST_ADDRESS says where one is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealServerFactAttribute : FactAttribute
{
    public RealServerFactAttribute()
    {
        if (Address is null) Skip = "MILVUS_TEST_ADDRESS is not set: start a Milvus and set it to host:port";
    }

    public static string? Address => Environment.GetEnvironmentVariable("MILVUS_TEST_ADDRESS");
}
