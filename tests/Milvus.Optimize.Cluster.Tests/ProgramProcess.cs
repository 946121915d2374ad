using System.Collections.Concurrent;
using System.Diagnostics;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>A process of milvus-optimize, or of another program of ours, whose lines are kept, with the time at which each came.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<(long At, string Text)> _lines = new();

    /// <param name="arguments">Of the program.</param>
    /// <param name="environment">Variables beside those of this process.</param>
    /// <param name="before">The command that runs it in a namespace.</param>
    /// <param name="program">Null: milvus-optimize.</param>
    public ProgramProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string[]? before = null, string? program = null)
    {
        string[] command = [.. before ?? [], "dotnet", program ?? typeof(Host.Nodes.ClusterNode).Assembly.Location, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        _process = Process.Start(start)!;
        Id = _process.Id;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IEnumerable<string> Lines => _lines.Select(l => l.Text);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public int Id { get; }

    /// <summary>When the last line that holds the text came; null if none did.</summary>
    public long? LastWith(string text) => _lines.LastOrDefault(l => l.Text.Contains(text, StringComparison.Ordinal)) is { At: > 0 and var at } ? at : null;

    public async Task<string> UntilSaidAsync(string text, TimeSpan? limit = null)
    {
        await Shell.UntilAsync($"'{text}' of process {Id}", () => LastWith(text) is not null || HasExited, limit);
        return Lines.FirstOrDefault(l => l.Contains(text, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"the process ended with {ExitCode} and never said '{text}':\n{Tail()}");
    }

    /// <param name="name">KILL, TERM, STOP, CONT.</param>
    public Task SignalAsync(string name) => Shell.RunAsync("kill", $"-{name}", Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async Task UntilExitAsync(TimeSpan limit)
    {
        await Shell.UntilAsync($"the end of process {Id}", () => HasExited, limit);

        // Its last lines come after its end.
        await _process.WaitForExitAsync();
    }

    public string Tail(int lines = 40) => string.Join('\n', Lines.TakeLast(lines));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        if (Environment.GetEnvironmentVariable("OPTIMIZE_TEST_LOGS") is { } folder) await File.WriteAllLinesAsync(Path.Combine(folder, $"{Id}.log"), Lines);
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue((Stopwatch.GetTimestamp(), line));
    }
}
