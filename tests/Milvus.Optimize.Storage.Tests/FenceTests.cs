using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>One history has one next event, whoever believes to own it; and it may wander between processes.</summary>
public sealed class FenceTests : IAsyncLifetime
{
    private const string Id = "optimize-golden.101";
    private JournalPlace _place = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_second_of_two_writers_is_told_and_nothing_is_lost(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options);
        await using var b = await JournalNode.StartAsync(_place.Options);
        var owner = await a.RecoverAsync(Id);
        Assert.Equal(new Keeper.Kept(1), await JournalNode.KeepAsync(owner, Event(0)));
        var stale = await b.RecoverAsync(Id);

        Assert.Equal(new Keeper.Kept(2), await JournalNode.KeepAsync(owner, Event(1)));
        var refused = Assert.IsType<Keeper.NotKept>(await JournalNode.KeepAsync(stale, Event(2)));
        Assert.Contains(kind == "sqlite" ? "UNIQUE constraint failed" : "23505", refused.Cause.ToString(), StringComparison.Ordinal);
        Assert.Equal(JournalFault.Fenced, new JournalFaults().Classify(refused.Cause));
        Assert.Equal(new Keeper.Kept(3), await JournalNode.KeepAsync(owner, Event(3)));

        await using var c = await JournalNode.StartAsync(_place.Options);
        Assert.Equal(Told(0, 1, 3), await HistoryAsync(c));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_history_that_returns_to_an_earlier_process_is_whole(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options);
        await using var b = await JournalNode.StartAsync(_place.Options);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        await JournalNode.KeepAsync(await b.RecoverAsync(Id), Event(1));
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(2));

        // Without this the test would pass whatever the replay filter does.
        var writers = _place.Query($"select writer_uuid from {_place.Events} order by sequence_number");
        Assert.Equal(writers[0], writers[2]);
        Assert.NotEqual(writers[0], writers[1]);

        await using var c = await JournalNode.StartAsync(_place.Options);
        Assert.Equal(Told(0, 1, 2), await HistoryAsync(c));
        Assert.Equal(Told(0, 1, 2), await HistoryAsync(a));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_replay_filter_is_off(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options);
        Assert.Equal("off", a.System.Settings.Config.GetString($"{OptimizePlugins.Journal}.replay-filter.mode"));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_unique_key_is_in_the_schema(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        var unique = _place.Query(kind == "sqlite"
            ? """select group_concat(c.name, ',') from pragma_index_list('journal') i, pragma_index_info(i.name) c where i."unique" = 1 group by i.name"""
            : """
              select (select string_agg(a.attname, ',' order by k.n) from unnest(c.conkey) with ordinality k (col, n) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.col)
              from pg_constraint c where c.conrelid = 'optimize_journal'::regclass and c.contype = 'u'
              """);
        Assert.Contains("persistence_id,sequence_number", unique);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Rows_carry_our_manifest_and_our_serializer_and_nothing_is_ever_deleted(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await using var a = await JournalNode.StartAsync(_place.Options);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        Assert.Equal([$"{Id}|1|st1|1719|0"], _place.Query($"select persistence_id, sequence_number, manifest, identifier, cast(deleted as integer) from {_place.Events}"));
    }

    private static OptimizeEvent Event(int i) => GoldenRuns.Merged[i];

    private static IEnumerable<string> Told(params int[] events) => events.Select(i => Text.Of(Event(i)));

    private static async Task<IEnumerable<string>> HistoryAsync(JournalNode node) =>
        (await JournalNode.HistoryAsync(await node.RecoverAsync(Id))).Events.Select(Text.Of);
}
