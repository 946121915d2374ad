namespace Milvus.Optimize.Host.Tests;

/// <summary>Runs where Chromium is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Executable is null) Skip = "Chromium is not installed (Debian: apt-get install chromium)";
    }

    /// <summary>Null where there is none.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .SelectMany(p => (string[])[Path.Combine(p, "chromium"), Path.Combine(p, "google-chrome")]).FirstOrDefault(File.Exists);
}
