using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

public sealed class RunHistoryTests : IAsyncLifetime
{
    private static readonly RunId First = GoldenRuns.Merged[0].Stamp.Run;
    private static readonly RunId Second = First with { Ulid = "01KE3ZZZZZZZZZZZZZZZZZZZZZ" };
    private JournalPlace _place = null!;

    private SqlRunHistory History => new(OptimizeDatabase.Of(_place.Options));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task Each_run_of_a_collection_has_its_own_events_in_their_order(string kind)
    {
        await KeepAsync(kind);
        var first = await History.ReadAsync(First, 0, 1000, default);
        Assert.Equal(GoldenRuns.Merged.Select(e => e.GetType()), first.Select(e => e.Event.GetType()));
        Assert.Equal(Enumerable.Range(1, first.Length).Select(n => (long)n), first.Select(e => e.SequenceNr));
        var second = await History.ReadAsync(Second, 0, 1000, default);
        Assert.Equal(GoldenRuns.Merged.Length + 1, second[0].SequenceNr);
        Assert.All(second, e => Assert.Equal(Second, e.Event.Stamp.Run));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_reader_goes_on_where_it_was(string kind)
    {
        await KeepAsync(kind);
        var part = await History.ReadAsync(First, 3, 2, default);
        Assert.Equal([4L, 5L], part.Select(e => e.SequenceNr));
        Assert.Empty(await History.ReadAsync(First, 1000, 10, default));
        Assert.Empty(await History.ReadAsync(First with { Ulid = "01KE3YYYYYYYYYYYYYYYYYYYYY" }, 0, 10, default));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Where_there_is_no_journal_yet_there_is_no_event(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        Assert.Empty(await History.ReadAsync(First, 0, 10, default));
    }

    private async Task KeepAsync(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var node = await JournalNode.StartAsync(_place.Options);
        var keeper = await node.RecoverAsync(First.Collection.PersistenceId);
        ImmutableArray<OptimizeEvent> all = [.. GoldenRuns.Merged, .. GoldenRuns.Merged.Take(5).Select(e => e with { Stamp = e.Stamp with { Run = Second } })];
        foreach (var e in all) Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(keeper, e));
    }
}
