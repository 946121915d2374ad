using LinqToDB.Data;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>What is acknowledged must survive a power loss: WAL alone, with its usual synchronous NORMAL, would not do.</summary>
public sealed class PragmaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_connections_of_the_journal_set_them()
    {
        await using var node = await JournalNode.StartAsync(_folder.Journal);
        await JournalNode.KeepAsync(await node.RecoverAsync("optimize-golden.101"), GoldenRuns.Merged[0]);
        using var connection = new DataConnection(OptimizeDatabase.Of(_folder.Options).Connections);
        Assert.Equal("wal", connection.Execute<string>("pragma journal_mode"));
        Assert.Equal(2, connection.Execute<int>("pragma synchronous"));
        Assert.Equal(5000, connection.Execute<int>("pragma busy_timeout"));
    }

    [Fact]
    public async Task The_connections_of_the_run_table_set_them()
    {
        await using var connection = await OptimizeDatabase.Of(_folder.Options).OpenAsync(default);
        Assert.Equal(["wal", "2", "5000"], new[] { "journal_mode", "synchronous", "busy_timeout" }.Select(Value));

        string Value(string pragma)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"pragma {pragma}";
            return command.ExecuteScalar()!.ToString()!;
        }
    }

    [Fact]
    public async Task The_file_itself_is_in_WAL_mode_after_the_first_event()
    {
        await using var node = await JournalNode.StartAsync(_folder.Journal);
        await JournalNode.KeepAsync(await node.RecoverAsync("optimize-golden.101"), GoldenRuns.Merged[0]);
        Assert.Equal(["wal"], _folder.Query("pragma journal_mode"));
    }
}
