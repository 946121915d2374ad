using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>What a node wakes at its start: a run whose node died between its first event and its row must be among it.</summary>
public sealed class UnfinishedTests : IAsyncLifetime
{
    private JournalPlace _place = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_fresh_file_has_none(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        Assert.Equal("", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Without_a_journal_table_the_rows_decide(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Upsert(GoldenRuns.AtWork, 3);
        await Upsert(GoldenRuns.Merged, 3);
        await Upsert(GoldenRuns.Parked, 3);
        Assert.Equal("golden.103 golden.104", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_history_without_a_row_is_unfinished(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Keep("optimize-golden.101", 1);
        Assert.Equal("golden.101", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_history_longer_than_its_row_is_unfinished(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Keep("optimize-golden.101", 3);
        await Upsert(GoldenRuns.Merged, 2);
        Assert.Equal("golden.101", await Unfinished());
        await Upsert(GoldenRuns.Merged, 3);
        Assert.Equal("", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_newest_of_several_rows_counts(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Keep("optimize-golden.104", 4);
        await Upsert(GoldenRuns.AtWork.Take(14), 2);
        var second = GoldenRuns.Document(GoldenRuns.AtWork) with { Done = true };
        await _place.Table.UpsertAsync(new(RunId.Parse(second.Id), 4, second), default);
        Assert.Equal("", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task An_unfinished_row_is_named_once_even_when_its_history_is_longer(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Keep("optimize-golden.104", 3);
        await Upsert(GoldenRuns.AtWork, 1);
        Assert.Equal("golden.104", await Unfinished());
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Histories_of_others_in_the_same_file_are_none_of_our_business(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        foreach (var id in new[] { "order-17", "optimize-", "optimize-golden", "optimize-golden.x", "optimize-Gol.1", "optimize-golden.0", "Optimize-golden.7" }) await Keep(id, 1);
        Assert.Equal("", await Unfinished());
    }

    private async Task Keep(string persistenceId, int events)
    {
        await using var node = await JournalNode.StartAsync(_place.Options);
        var keeper = await node.RecoverAsync(persistenceId);
        for (var i = 0; i < events; i++) Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(keeper, GoldenRuns.Merged[i]));
    }

    private Task Upsert(IEnumerable<OptimizeEvent> events, long sequenceNr)
    {
        var run = GoldenRuns.Document(events);
        return _place.Table.UpsertAsync(new(RunId.Parse(run.Id), sequenceNr, run), default);
    }

    private async Task<string> Unfinished() => string.Join(' ', (await _place.Table.UnfinishedAsync(default)).Select(k => k.ToString()).Order(StringComparer.Ordinal));
}
