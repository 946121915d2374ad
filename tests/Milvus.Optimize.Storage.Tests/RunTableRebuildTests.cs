using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>The run table can be lost or spoilt: the journal has it all.</summary>
public sealed class RunTableRebuildTests : IAsyncLifetime
{
    private const string Everything = "select * from optimize_run order by run_id";
    private static readonly RunId First = GoldenRuns.Merged[0].Stamp.Run;
    private static readonly RunId Second = First with { Ulid = "01KE3ZZZZZZZZZZZZZZZZZZZZZ" };
    private JournalPlace _place = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_table_that_was_dropped_is_as_before(string kind)
    {
        var before = await KeepAsync(kind);
        Change("drop table optimize_run");
        var report = await RunTableRebuild.RunAsync(_place.Options, true, default);
        Assert.Equal((2, 1, 2, 0, 0, 0), (report.Runs, report.Collections, report.Added, report.Corrected, report.Removed, report.Unchanged));
        Assert.Equal(before, _place.Query(Everything));
        Assert.Empty(report.Unreadable);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Rows_that_were_spoilt_removed_or_invented_are_put_right(string kind)
    {
        var before = await KeepAsync(kind);
        Change($"update optimize_run set done = 0, revision = 999999, collection = 'x', document = '{{}}' where run_id = '{First}'");
        Change($"delete from optimize_run where run_id = '{Second}'");
        Change("insert into optimize_run values ('c.1.01KE3YYYYYYYYYYYYYYYYYYYYY', 'optimize-c.1', 'c', 'd', 'n', 0, 1, 1, '2026', '{}')");
        var spoilt = _place.Query(Everything);

        var dry = await RunTableRebuild.RunAsync(_place.Options, false, default);
        Assert.Equal((1, 1, 1, 0, false), (dry.Added, dry.Corrected, dry.Removed, dry.Unchanged, dry.Written));
        Assert.Equal(spoilt, _place.Query(Everything));

        var report = await RunTableRebuild.RunAsync(_place.Options, true, default);
        Assert.Equal((1, 1, 1, 0, true), (report.Added, report.Corrected, report.Removed, report.Unchanged, report.Written));
        Assert.Equal(before, _place.Query(Everything));
        Assert.Equal(2, (await RunTableRebuild.RunAsync(_place.Options, true, default)).Unchanged);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task What_was_seen_live_of_the_same_events_stays(string kind)
    {
        await KeepAsync(kind);
        var seen = new IndexDocument("vec", "embedding", 900, 1000, 100);
        var document = (await _place.Table.FindAsync(First, default))!;
        var row = document with { Revision = document.Revision + 1, Progress = document.Progress with { Indexes = [seen] } };
        await _place.Table.UpsertAsync(new(First, GoldenRuns.Merged.Length, row), default);
        Assert.Equal((0, 2), await AgainAsync());
        Assert.Equal(seen, Assert.Single((await _place.Table.FindAsync(First, default))!.Progress.Indexes));

        // What is spoilt beside it is put right all the same.
        Change($"update optimize_run set collection = 'x' where run_id = '{First}'");
        Assert.Equal((1, 1), await AgainAsync());
        Assert.Equal(seen, Assert.Single((await _place.Table.FindAsync(First, default))!.Progress.Indexes));

        // A row of other events has seen something else.
        Change($"update optimize_run set sequence_nr = sequence_nr - 1 where run_id = '{First}'");
        Assert.Equal((1, 1), await AgainAsync());
        Assert.Empty((await _place.Table.FindAsync(First, default))!.Progress.Indexes);

        async Task<(int Corrected, int Unchanged)> AgainAsync()
        {
            var report = await RunTableRebuild.RunAsync(_place.Options, true, default);
            return (report.Corrected, report.Unchanged);
        }
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_history_that_cannot_be_read_is_said_and_read_up_to_there(string kind)
    {
        await KeepAsync(kind);
        Change($"update {_place.Events} set manifest = 'zz9' where sequence_number = {GoldenRuns.Merged.Length + 3}");
        var report = await RunTableRebuild.RunAsync(_place.Options, true, default);
        Assert.Contains($"event {GoldenRuns.Merged.Length + 3} ", Assert.Single(report.Unreadable), StringComparison.Ordinal);
        Assert.Equal((1, 1), (report.Corrected, report.Unchanged));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Without_a_journal_there_is_nothing_to_do(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        Assert.Equal(0, (await RunTableRebuild.RunAsync(_place.Options, true, default)).Runs);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_filter_by_state_uses_its_index(string kind)
    {
        await KeepAsync(kind);
        Assert.Equal(First.ToString(), Assert.Single(await _place.Table.ListAsync(new() { State = "Succeeded" }, default)).Id);
        if (kind == "sqlite")
            Assert.Contains("optimize_run_state", string.Join('\n', _place.Query("explain query plan select document from optimize_run where json_extract(document, '$.state') = 'Failed' order by started_at desc")), StringComparison.Ordinal);
        else
            Assert.Contains("optimize_run_state", string.Join('\n', _place.Query("set enable_seqscan = off; explain select document from optimize_run where (cast(document as json) ->> 'state') = 'Failed' order by started_at desc")), StringComparison.Ordinal);
    }

    /// <summary>One run that ended and one that lives, with the rows that their actor owes the table.</summary>
    private async Task<List<string>> KeepAsync(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        ImmutableArray<OptimizeEvent> second = [.. GoldenRuns.Merged.Take(5).Select(e => e with { Stamp = e.Stamp with { Run = Second, Epoch = GoldenRuns.Merged[^1].Stamp.Epoch } })];
        await using (var node = await JournalNode.StartAsync(_place.Options with { LockFile = false }))
        {
            var keeper = await node.RecoverAsync(First.Collection.PersistenceId);
            foreach (var e in GoldenRuns.Merged.Concat(second)) Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(keeper, e));
        }

        var state = CollectionState.Empty;
        foreach (var e in GoldenRuns.Merged) state = OptimizeState.Apply(state, e);
        await Upsert(First, GoldenRuns.Merged.Length, state);
        foreach (var e in second) state = OptimizeState.Apply(state, e);
        await Upsert(Second, GoldenRuns.Merged.Length + second.Length, state);
        return _place.Query(Everything);
    }

    private Task Upsert(RunId run, long sequenceNr, CollectionState state) =>
        _place.Table.UpsertAsync(new(run, sequenceNr, RunDocuments.Of(state, run.Collection.Cluster, LiveView.Empty)!), default);

    private void Change(string sql) => _place.Query(sql);
}
