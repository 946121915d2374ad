using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>One history has one next event, whoever believes to own it; and it may wander between processes.</summary>
public sealed class FenceTests : IDisposable
{
    private const string Id = "optimize-golden.101";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_second_of_two_writers_is_told_and_nothing_is_lost()
    {
        await using var a = await JournalNode.StartAsync(_folder.Journal);
        await using var b = await JournalNode.StartAsync(_folder.Journal);
        var owner = await a.RecoverAsync(Id);
        Assert.Equal(new Keeper.Kept(1), await JournalNode.KeepAsync(owner, Event(0)));
        var stale = await b.RecoverAsync(Id);

        Assert.Equal(new Keeper.Kept(2), await JournalNode.KeepAsync(owner, Event(1)));
        var refused = Assert.IsType<Keeper.NotKept>(await JournalNode.KeepAsync(stale, Event(2)));
        Assert.Contains("UNIQUE constraint failed", refused.Cause.ToString(), StringComparison.Ordinal);
        Assert.Equal(new Keeper.Kept(3), await JournalNode.KeepAsync(owner, Event(3)));

        await using var c = await JournalNode.StartAsync(_folder.Journal);
        Assert.Equal(Told(0, 1, 3), await HistoryAsync(c));
    }

    [Fact]
    public async Task A_history_that_returns_to_an_earlier_process_is_whole()
    {
        await using var a = await JournalNode.StartAsync(_folder.Journal);
        await using var b = await JournalNode.StartAsync(_folder.Journal);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        await JournalNode.KeepAsync(await b.RecoverAsync(Id), Event(1));
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(2));

        // Without this the test would pass whatever the replay filter does.
        var writers = _folder.Query("select writer_uuid from journal order by sequence_number");
        Assert.Equal(writers[0], writers[2]);
        Assert.NotEqual(writers[0], writers[1]);

        await using var c = await JournalNode.StartAsync(_folder.Journal);
        Assert.Equal(Told(0, 1, 2), await HistoryAsync(c));
        Assert.Equal(Told(0, 1, 2), await HistoryAsync(a));
    }

    [Fact]
    public async Task The_replay_filter_is_off()
    {
        await using var a = await JournalNode.StartAsync(_folder.Journal);
        Assert.Equal("off", a.System.Settings.Config.GetString("akka.persistence.journal.sql.replay-filter.mode"));
    }

    [Fact]
    public async Task The_unique_key_is_in_the_schema_that_the_journal_makes()
    {
        await using var a = await JournalNode.StartAsync(_folder.Journal);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        var unique = _folder.Query("""
            select group_concat(c.name, ',') from pragma_index_list('journal') i, pragma_index_info(i.name) c where i."unique" = 1 group by i.name
            """);
        Assert.Contains("persistence_id,sequence_number", unique);
    }

    [Fact]
    public async Task Rows_carry_our_manifest_and_our_serializer_and_nothing_is_ever_deleted()
    {
        await using var a = await JournalNode.StartAsync(_folder.Journal);
        await JournalNode.KeepAsync(await a.RecoverAsync(Id), Event(0));
        Assert.Equal([$"{Id}|1|st1|1719|0"], _folder.Query("select persistence_id, sequence_number, manifest, identifier, deleted from journal"));
    }

    private static OptimizeEvent Event(int i) => GoldenRuns.Merged[i];

    private static IEnumerable<string> Told(params int[] events) => events.Select(i => Text.Of(Event(i)));

    private static async Task<IEnumerable<string>> HistoryAsync(JournalNode node) =>
        (await JournalNode.HistoryAsync(await node.RecoverAsync(Id))).Events.Select(Text.Of);
}
