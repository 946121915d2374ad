namespace Milvus.Optimize.Host.Tests;

/// <summary>Runs where curl is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CurlFactAttribute : FactAttribute
{
    public CurlFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, "curl")))) Skip = "curl is not installed";
    }
}
