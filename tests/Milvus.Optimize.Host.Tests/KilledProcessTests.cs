using System.Diagnostics;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// The command as a real process: killed right after an event reached the journal, given again, and asked what became of the run. The simulator's own log
/// is the witness. W is one second here, by the options that a person has too.
/// </summary>
public sealed class KilledProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Manifests => new("st1", "ci1", "iw1", "ib1", "cc1", "ia1", "ta1", "pr1", "ce1", "ls1", "le1");

    [Theory, MemberData(nameof(Manifests))]
    public async Task The_same_command_ends_the_same_run_with_at_most_one_trigger(string killedAfter)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await using var simulator = await SimulatorServer.StartAsync(new() { Speed = 3 }, over.Token);
        string? compaction;
        using (var first = Command(simulator.Address))
        {
            compaction = await KillAfterAsync(first, killedAfter, over.Token);
        }

        var started = Column("select distinct message from journal where manifest = 'st1'");
        using var second = Command(simulator.Address);
        var json = await second.StandardOutput.ReadToEndAsync(over.Token);
        await second.WaitForExitAsync(over.Token);
        var run = JsonSerializer.Deserialize<RunDocument>(json, RunDocuments.Json)!;
        Assert.Equal((0, "Succeeded"), (second.ExitCode, run.State));
        Assert.Equal(started, Column("select distinct message from journal where manifest = 'st1'"));
        var trigger = Assert.Single(simulator.Control.Log, l => l.Rpc == "ManualCompaction");
        Assert.Equal(0, trigger.Overlaps);
        if (compaction is not null) Assert.Equal(compaction, run.Progress.Compaction?.Id);
    }

    /// <returns>The compaction id that the journal held at the kill; null when it held none.</returns>
    private async Task<string?> KillAfterAsync(Process command, string manifest, CancellationToken cancellationToken)
    {
        while (!command.HasExited && Column($"select 'x' from journal where manifest = '{manifest}'").Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        Assert.False(command.HasExited, $"the command was over before {manifest} was seen");
        command.Kill();
        await command.WaitForExitAsync(cancellationToken);
        return Column("select json_extract(document, '$.progress.compaction.id') from optimize_run").FirstOrDefault(id => id is not null);
    }

    private Process Command(Uri milvus)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = false };
        foreach (var argument in (string[])[typeof(Program).Assembly.Location, "optimize", "books", "--milvus", milvus.ToString(), "--state", _folder.Path, "--output", "json"])
            start.ArgumentList.Add(argument);
        foreach (var budget in (string[])["SendWithin", "CallTimeout", "TcpUserTimeout", "ServerDeadline", "Margin"])
            start.Environment[$"Milvus__Optimize__Budgets__{budget}"] = budget is "SendWithin" or "CallTimeout" ? "00:00:01" : "00:00:00.2";
        start.Environment["Milvus__Optimize__SettleWindow"] = "00:00:00.5";
        return Process.Start(start)!;
    }

    private List<string?> Column(string sql)
    {
        var file = Path.Combine(_folder.Path, "journal.db");
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
}
