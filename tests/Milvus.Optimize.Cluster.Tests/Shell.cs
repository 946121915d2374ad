using System.Diagnostics;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Programs, and waiting for what they do.</summary>
internal static class Shell
{
    public static async Task RunAsync(string program, params string[] arguments)
    {
        // What a server inherits would keep this process's pipes open: its output goes nowhere.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }

    /// <summary>Waits for a condition, bounded; <paramref name="what"/> stands in the failure.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds, TimeSpan? limit = null)
    {
        var (since, most) = (Stopwatch.GetTimestamp(), limit ?? TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < most, $"not within {most}: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public static Task UntilAsync(string what, Func<bool> holds, TimeSpan? limit = null) => UntilAsync(what, () => Task.FromResult(holds()), limit);
}
