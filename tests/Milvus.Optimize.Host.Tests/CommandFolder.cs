using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Judge;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// A state folder, real processes of the command over it, and a simulator in this process as their Milvus. W is 2.6 s, by the options that a person has too.
/// </summary>
internal sealed class CommandFolder : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];
    private readonly ConcurrentQueue<string> _said = new();
    private SimulatorServer? _simulator;

    public SimulatorServer Simulator => _simulator!;

    public IReadOnlyList<LogEntry> Triggers => [.. Simulator.Control.Log.Where(l => l.Rpc == "ManualCompaction")];

    /// <summary>What all commands said beside their answers, in lines.</summary>
    public IReadOnlyList<string> Said => [.. _said];

    /// <summary>Ends a wait that would else never end.</summary>
    public CancellationTokenSource Over { get; } = new(TimeSpan.FromSeconds(120));

    private string? State { get; init; }

    private string StatePath => State ?? _folder.Path;

    private string Log => Path.Combine(_folder.Path, "simulator.jsonl");

    /// <param name="scenario">Of the simulator.</param>
    /// <param name="speed">Of the simulator's time.</param>
    /// <param name="state">The state folder; null makes one that goes with the test.</param>
    public static async Task<CommandFolder> OpenAsync(string scenario = "pleasant", double speed = 3, string? state = null)
    {
        var folder = new CommandFolder { State = state };
        folder._simulator = await SimulatorServer.StartAsync(new() { Scenario = scenario, Speed = speed, LogFile = folder.Log });
        return folder;
    }

    /// <summary><c>optimize</c> of books over this folder's simulator.</summary>
    public Process Optimize(params string[] more) => OptimizeAs("books", more);

    public Process OptimizeAs(string collection, params string[] more) => Start(["optimize", collection, "--milvus", Simulator.Address.ToString(), "--output", "json", .. more]);

    /// <summary>Environment of the next processes, over what they have in any case.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments, "--state", StatePath]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var budget in (string[])["SendWithin", "CallTimeout", "TcpUserTimeout", "ServerDeadline", "Margin"])
            start.Environment[$"Milvus__Optimize__Budgets__{budget}"] = budget is "SendWithin" or "CallTimeout" ? "00:00:01" : "00:00:00.2";
        start.Environment["Milvus__Optimize__SettleWindow"] = "00:00:00.5";
        start.Environment["Milvus__Optimize__QuietWindow"] = "00:00:02";
        start.Environment["Milvus__Optimize__LostMergePause"] = "00:00:01";
        start.Environment["Milvus__Optimize__FruitlessPause"] = "00:00:01";
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        var process = Process.Start(start)!;

        // An unread pipe would stop the command when it is full.
        process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    /// <summary>Waits for a command's end: its exit code and the run that it printed.</summary>
    public async Task<(int ExitCode, RunDocument Run)> EndAsync(Process command)
    {
        var json = await command.StandardOutput.ReadToEndAsync(Over.Token);
        await command.WaitForExitAsync(Over.Token);
        Assert.True(json.TrimEnd() is ['{', .., '}'], $"the command ended with {command.ExitCode} and printed something else than one document: {json}");
        return (command.ExitCode, JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json)!);
    }

    public async Task<(int ExitCode, string State)> OutcomeAsync(Process command)
    {
        var (exit, run) = await EndAsync(command);
        return (exit, run.State);
    }

    /// <summary>kill -9 as soon as the journal holds such an event.</summary>
    public async Task KillAfterAsync(Process command, string manifest)
    {
        await UntilAsync(() => command.HasExited || Count(manifest) > 0);
        Assert.False(command.HasExited, $"the command was over before {manifest} was seen");
        await KillAsync(command);
    }

    public async Task KillAsync(Process command)
    {
        command.Kill();
        await command.WaitForExitAsync(Over.Token);
    }

    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds()) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Over.Token);
    }

    /// <summary>How many events of a kind the journal holds.</summary>
    public int Count(string manifest) => Column($"select 'x' from journal where manifest = '{manifest}'").Count;

    public List<string?> Column(string sql)
    {
        var file = Path.Combine(StatePath, "journal.db");
        var values = new List<string?>();
        if (!File.Exists(file)) return values;
        try
        {
            using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read()) values.Add(reader.IsDBNull(0) ? null : reader.GetValue(0) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetString(0));
        }
        catch (SqliteException)
        {
            // The node is making its tables: nothing is there yet.
        }

        return values;
    }

    /// <summary>What the judge says, who shares no code with the product.</summary>
    public IReadOnlyList<Violation> Verdict() => Tribunal.Judge(new(Readers.Journal(Path.Combine(StatePath, "journal.db")), Readers.Simulator(Log), []));

    /// <summary>Changes the journal file past the product; no node may run.</summary>
    public void Write(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(StatePath, "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }

        await Simulator.DisposeAsync();
        Over.Dispose();
        _folder.Dispose();
    }
}
