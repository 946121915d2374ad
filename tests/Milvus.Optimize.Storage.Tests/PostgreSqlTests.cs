using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Npgsql;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>What only a database server can do: lack its tables, belong to somebody else, be down.</summary>
public sealed class PostgreSqlTests : IAsyncLifetime
{
    private string _database = "";

    private StorageOptions Options => new() { PostgreSql = _database };

    public async Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is null) _database = await PostgreSqlServer.NewDatabaseAsync();
    }

    public Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        return Task.CompletedTask;
    }

    [PostgreSqlFact]
    public async Task Nodes_that_start_at_once_make_the_tables_once()
    {
        var nodes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JournalNode.StartAsync(Options)));
        foreach (var node in nodes) await node.DisposeAsync();
        await using var last = await JournalNode.StartAsync(Options with { CreateSchema = false });
        Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(await last.RecoverAsync("optimize-golden.101"), GoldenRuns.Merged[0]));
    }

    [PostgreSqlFact]
    public async Task Missing_tables_are_named_where_none_may_be_made()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => JournalNode.StartAsync(Options with { CreateSchema = false }));
        Assert.Contains("optimize_journal, optimize_snapshot, optimize_run, optimize_deployment, optimize_api_key", refused.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql.sql", refused.Message, StringComparison.Ordinal);
    }

    [PostgreSqlFact]
    public async Task A_database_of_another_deployment_is_refused()
    {
        await using (await JournalNode.StartAsync(Options with { Deployment = "production" }))
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => JournalNode.StartAsync(Options with { Deployment = "test" }));
            Assert.Contains("'production'", refused.Message, StringComparison.Ordinal);
        }

        await using var same = await JournalNode.StartAsync(Options with { Deployment = "production" });
    }

    [PostgreSqlFact]
    public async Task A_rebuild_may_think_for_as_long_as_it_has_to_between_two_rows()
    {
        var database = OptimizeDatabase.Of(Options);
        await using var connection = await database.OpenAsync(default);
        Assert.Equal("10s", await IdleLimitAsync());
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var command = connection.CreateCommand();
            command.CommandText = database.LockRuns;
            await command.ExecuteNonQueryAsync();
            Assert.Equal("10min", await IdleLimitAsync());
        }

        Assert.Equal("10s", await IdleLimitAsync());

        async Task<string> IdleLimitAsync()
        {
            await using var command = connection.CreateCommand();
            command.CommandText = "show idle_in_transaction_session_timeout";
            return (string)(await command.ExecuteScalarAsync())!;
        }
    }

    [PostgreSqlFact]
    public async Task The_rights_that_the_script_names_are_enough()
    {
        await using (await JournalNode.StartAsync(Options)) { }
        await ExecuteAsync("""
            do $$ begin if not exists (select from pg_roles where rolname = 'optimize_node') then create role optimize_node login; end if; end $$;
            grant select, insert on optimize_journal, optimize_deployment to optimize_node;
            grant select, insert, update on optimize_run, optimize_snapshot, optimize_api_key to optimize_node;
            grant usage on sequence optimize_journal_ordering_seq to optimize_node
            """);
        await using var node = await JournalNode.StartAsync(Options with { PostgreSql = new NpgsqlConnectionStringBuilder(_database) { Username = "optimize_node" }.ConnectionString, CreateSchema = false });
        var keeper = await node.RecoverAsync("optimize-golden.101");
        Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(keeper, GoldenRuns.Merged[0]));
        await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync("set role optimize_node; delete from optimize_journal"));
        await using var services = new ServiceCollection().AddOptimizeStorage(
            Options with { PostgreSql = new NpgsqlConnectionStringBuilder(_database) { Username = "optimize_node" }.ConnectionString, CreateSchema = false }).BuildServiceProvider();
        var keys = services.GetRequiredService<IKeyTable>();
        Assert.True(await keys.AddAsync(new("k1", "ci", "hash", "Viewer", "*/*/*", DateTimeOffset.UnixEpoch, null, null), 2, default));
        Assert.NotNull((await keys.RevokeAsync("k1", DateTimeOffset.UnixEpoch, default))!.RevokedAt);
        await ExecuteAsync("revoke update on optimize_api_key from optimize_node");
        Assert.True(SafeReason.IsDenied(await Assert.ThrowsAsync<PostgresException>(() => keys.RevokeAsync("k1", DateTimeOffset.UnixEpoch, default))));
    }

    [PostgreSqlFact]
    public async Task A_host_starts_while_the_database_is_not_there_and_finds_it_later()
    {
        var name = new NpgsqlConnectionStringBuilder(_database).Database!;
        await ExecuteAsync($"alter database {name} rename to {name}_away", elsewhere: true);
        await using var node = await JournalNode.StartAsync(Options);
        await ExecuteAsync($"alter database {name}_away rename to {name}", elsewhere: true);
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await CountTablesAsync() < 5) await again.WaitForNextTickAsync(over.Token);
        Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(await node.RecoverAsync("optimize-golden.101"), GoldenRuns.Merged[0]));
    }

    [Theory]
    [InlineData(null, null, "set one of")]
    [InlineData("a.db", "Host=db", "set one of")]
    [InlineData(null, "Host=db;Sesame=open", "no connection string")]
    public void Options_that_cannot_work_say_why(string? file, string? connection, string why) =>
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => new StorageOptions { SqliteFile = file, PostgreSql = connection }.Validate()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_password_is_never_printed() =>
        Assert.DoesNotContain("sesame", new StorageOptions { PostgreSql = "Host=db;Password=sesame" }.ToString(), StringComparison.Ordinal);

    private async Task<int> CountTablesAsync()
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*)::int from pg_tables where tablename like 'optimize_%'";
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql, bool elsewhere = false)
    {
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(elsewhere ? new NpgsqlConnectionStringBuilder(_database) { Database = "postgres", Pooling = false }.ConnectionString : _database);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
