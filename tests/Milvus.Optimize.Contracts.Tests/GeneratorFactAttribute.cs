namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Writes files of this version into the sources. Skipped unless OPTIMIZE_WRITE_GOLDEN names the version, such as 0.1.0.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GeneratorFactAttribute : FactAttribute
{
    public GeneratorFactAttribute()
    {
        if (Version is null) Skip = "OPTIMIZE_WRITE_GOLDEN is not set: only a new version writes new files";
    }

    public static string? Version => Environment.GetEnvironmentVariable("OPTIMIZE_WRITE_GOLDEN");
}
