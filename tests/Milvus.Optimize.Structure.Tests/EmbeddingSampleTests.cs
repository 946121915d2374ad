using System.Diagnostics;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Structure.Tests;

/// <summary>The sample is what the README shows: it must run as it stands, in a process of its own.</summary>
public sealed class EmbeddingSampleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("optimize-sample-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_optimizes_a_collection_and_prints_the_result()
    {
        await using var simulator = await SimulatorServer.StartAsync(new() { Speed = 20 });
        var (exitCode, output) = await RunAsync(simulator.Address.ToString(), "books");
        Assert.True(exitCode == 0, output);
        Assert.Contains("books: success, 6 segments became 1", output, StringComparison.Ordinal);
        Assert.Single(simulator.Control.Log, l => l.Rpc == "ManualCompaction");
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "optimize.db")));
    }

    [Fact]
    public void It_is_short() =>
        Assert.InRange(File.ReadLines(Path.Combine(Repository.Root, "samples/Embedding/Program.cs")).Count(l => l.Length > 0 && !l.StartsWith("using M", StringComparison.Ordinal)), 1, 20);

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Embedding.dll"), .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(over.Token);
            var errors = process.StandardError.ReadToEndAsync(over.Token);
            await process.WaitForExitAsync(over.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }
}
