using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Npgsql;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>Somebody locks one row of PostgreSQL's journal, or a node stands still within a transaction: the others' writes go on.</summary>
public sealed class LockedRowTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [PostgreSqlFact]
    public async Task A_write_that_waits_for_a_lock_gives_up_and_lets_the_others_through()
    {
        await using var place = await JournalPlace.OpenAsync("postgresql");
        await using var node = await JournalNode.StartAsync(place.Options);
        var (held, free) = (await node.RecoverAsync("optimize-golden.101"), await node.RecoverAsync("optimize-golden.102"));
        await using var connection = new NpgsqlConnection($"{place.Options.PostgreSql};Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand(
            "insert into optimize_journal (created, deleted, persistence_id, sequence_number, message) values (0, false, 'optimize-golden.101', 1, '')", connection);
        await hold.ExecuteNonQueryAsync();

        // It waits before the other one comes: the two would else be one batch. By its name one sees whose it is.
        var first = JournalNode.KeepAsync(held, GoldenRuns.Merged[0]);
        using var over = new CancellationTokenSource(Limit);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (place.Query("select application_name from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") is not ["milvus-optimize"])
            await again.WaitForNextTickAsync(over.Token);
        var second = JournalNode.KeepAsync(free, GoldenRuns.Merged[0]);
        Assert.IsType<Keeper.Kept>(await second.WaitAsync(Limit));
        var failed = Assert.IsType<Keeper.NotKept>(await first.WaitAsync(Limit));
        Assert.Equal(JournalFault.Other, new JournalFaults().Classify(failed.Cause));

        // The lock gone, its next incarnation finds nothing of it and writes the same event.
        await transaction.RollbackAsync();
        var next = await node.RecoverAsync("optimize-golden.101");
        Assert.Equal(new Keeper.Kept(1), await JournalNode.KeepAsync(next, GoldenRuns.Merged[0]));
    }

    [PostgreSqlFact]
    public async Task The_server_is_told_both_limits_and_the_options_win_over_them()
    {
        await using var place = await JournalPlace.OpenAsync("postgresql");
        Assert.Equal(("5s", "10s"), await LimitsAsync(place.Options));
        Assert.Equal(("7s", "0"), await LimitsAsync(place.Options with { PostgreSql = $"{place.Options.PostgreSql};Options=-c lock_timeout=7s" }));
    }

    private static async Task<(string, string)> LimitsAsync(StorageOptions options)
    {
        await using var connection = await OptimizeDatabase.Of(options).OpenAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = "select current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout')";
        var limits = ((string)(await command.ExecuteScalarAsync())!).Split(' ');
        return (limits[0], limits[1]);
    }
}
