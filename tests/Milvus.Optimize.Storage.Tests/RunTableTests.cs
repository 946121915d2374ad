using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Storage.Tests;

public sealed class RunTableTests : IAsyncLifetime
{
    private static readonly RunDocument Running = GoldenRuns.Document(GoldenRuns.AtWork) with { Revision = 5 };
    private JournalPlace _place = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_character_that_PostgreSQL_cannot_keep_is_replaced_wherever_it_comes_from(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var run = GoldenRuns.Document(GoldenRuns.Merged) with { StateMessage = "by \0 and \\u0000", Warnings = [new("Odd", "a\0b")] };
        await _place.Table.UpsertAsync(new(RunId.Parse(run.Id), 3, run), default);
        var found = (await _place.Table.FindAsync(RunId.Parse(run.Id), default))!;
        Assert.Equal("by \uFFFD and \\u0000", found.StateMessage);
        Assert.Equal("a\uFFFDb", found.Warnings[0].Message);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_run_is_found_again_as_it_was(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        foreach (var events in GoldenRuns.All) await Upsert(GoldenRuns.Document(events));
        foreach (var events in GoldenRuns.All)
        {
            var run = GoldenRuns.Document(events);
            Assert.Equal(Json(run), Json(await _place.Table.FindAsync(RunId.Parse(run.Id), default)));
        }
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_run_that_nobody_wrote_is_not_found(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        Assert.Null(await _place.Table.FindAsync(RunId.Parse(Running.Id), default));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_newer_revision_replaces_the_older(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Upsert(Running);
        await Upsert(Running with { Revision = 6, State = "Verifying" });
        Assert.Equal("Verifying", (await Find())!.State);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_row_never_goes_back(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Upsert(Running with { Revision = 6, State = "Verifying", Done = true }, sequenceNr: 6);
        await Upsert(Running, sequenceNr: 5);
        Assert.Equal((6, "Verifying"), ((await Find())!.Revision, (await Find())!.State));
        Assert.Equal(["1|6|6"], _place.Query("select done, revision, sequence_nr from optimize_run"));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task The_same_revision_may_say_what_is_seen_live(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Upsert(Running);
        await Upsert(Running with { State = "Held" });
        Assert.Equal("Held", (await Find())!.State);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task An_ended_run_keeps_what_was_seen_live_and_one_in_quarantine_is_shown_and_comes_back(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var ended = Running with { Done = true, State = "Succeeded" };
        await Upsert(ended with { StateMessage = "seen live" });
        await Upsert(ended);
        Assert.Equal("seen live", (await Find())!.StateMessage);
        await Upsert(ended with { Done = false, State = "Quarantined" });
        Assert.Equal("Quarantined", (await Find())!.State);
        await Upsert(ended);
        Assert.Equal("Succeeded", (await Find())!.State);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Many_writers_of_one_run_leave_the_newest(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Task.WhenAll(Enumerable.Range(1, 40).Select(i => _place.NewTable().UpsertAsync(Row(Running with { Revision = i }, i), default)));
        Assert.Equal(40, (await Find())!.Revision);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Lists_are_newest_first_whatever_the_offset_of_the_clock_that_wrote(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var noon = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        await Upsert(Document('A', noon));
        await Upsert(Document('B', noon.AddMinutes(2).ToOffset(TimeSpan.FromHours(-8))));
        await Upsert(Document('C', noon.AddMinutes(1).ToOffset(TimeSpan.FromHours(9))));
        await Upsert(Document('D', noon.AddMinutes(1)));
        Assert.Equal("BDCA", await List(new()));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_list_keeps_to_its_limit(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        for (var i = 0; i < 60; i++) await Upsert(Running with { Id = $"golden.{i + 1}.01KE3AAAAAAAAAAAAAAAAAAAAA" });
        Assert.Equal(50, (await _place.Table.ListAsync(new(), default)).Length);
        Assert.Equal(3, (await _place.Table.ListAsync(new(Limit: 3), default)).Length);
        Assert.Single(await _place.Table.ListAsync(new(Limit: -1), default));
        Assert.Equal(60, (await _place.Table.ListAsync(new(Limit: int.MaxValue), default)).Length);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_list_is_filtered_by_each_member_and_by_all(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var at = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        await Upsert(Document('A', at));
        await Upsert(Document('B', at) with { Cluster = "other" });
        await Upsert(Document('C', at) with { Database = "library" });
        await Upsert(Document('D', at) with { Collection = "papers" });
        await Upsert(Document('E', at) with { Done = true });
        Assert.Equal("EDCBA", await List(new()));
        Assert.Equal("B", await List(new(Cluster: "other")));
        Assert.Equal("C", await List(new(Database: "library")));
        Assert.Equal("D", await List(new(Collection: "papers")));
        Assert.Equal("E", await List(new(Done: true)));
        Assert.Equal("DCBA", await List(new(Done: false)));
        Assert.Equal("A", await List(new("golden", "default", "books", Done: false)));
        Assert.Equal("", await List(new(Collection: "papers' or 1=1 --")));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_list_is_filtered_by_pattern_state_time_and_by_what_its_reader_may_see(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var at = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        await Upsert(Document('A', at) with { Collection = "books_1" });
        await Upsert(Document('B', at.AddMinutes(1)) with { Collection = "booksX1", State = "Failed" });
        await Upsert(Document('C', at.AddMinutes(2)) with { Collection = "Books_1", Cluster = "other" });
        Assert.Equal("A", await List(new(Collection: "books_*")));
        Assert.Equal("BA", await List(new(Collection: "books?1")));
        Assert.Equal("CBA", await List(new(Collection: "*")));
        Assert.Equal("B", await List(new() { State = "Failed" }));
        Assert.Equal("CB", await List(new() { Since = at.AddMinutes(1) }));
        Assert.Equal("A", await List(new() { Until = at.AddMinutes(1) }));
        Assert.Equal("BA", await List(new() { Within = CollectionScope.Parse("golden/*/books*") }));
        Assert.Equal("", await List(new(Cluster: "other") { Within = CollectionScope.Parse("golden") }));
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task Pages_hold_every_run_once_also_those_of_one_instant(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        var at = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        foreach (var c in "ABCDEFG") await Upsert(Document(c, c < 'D' ? at : at.AddMinutes(1)));
        var (all, before) = ("", (RunPlace?)null);
        do
        {
            var page = await _place.Table.ListAsync(new(Limit: 2) { Before = before }, default);
            all += string.Concat(page.Select(r => r.Id[^1]));
            before = page.IsEmpty ? null : new(page[^1].StartedAt, page[^1].Id);
        }
        while (before is not null);
        Assert.Equal("GFEDCBA", all);
    }

    [Theory, SqliteData, PostgreSqlData]
    public async Task A_renamed_collection_is_listed_by_its_new_name(string kind)
    {
        _place = await JournalPlace.OpenAsync(kind);
        await Upsert(Running);
        await Upsert(Running with { Revision = 6, Collection = "papers" });
        Assert.Single(await _place.Table.ListAsync(new(Collection: "papers"), default));
        Assert.Empty(await _place.Table.ListAsync(new(Collection: "books"), default));
    }

    private static string? Json(RunDocument? run) => JsonSerializer.Serialize(run, RunDocuments.Json);

    private static RunDocument Document(char c, DateTimeOffset startedAt) => Running with { Id = $"golden.104.01KE3{new string(c, 21)}", StartedAt = startedAt };

    private static RunRow Row(RunDocument run, long sequenceNr) => new(RunId.Parse(run.Id), sequenceNr, run);

    private Task Upsert(RunDocument run, long sequenceNr = 5) => _place.Table.UpsertAsync(Row(run, sequenceNr), default);

    private Task<RunDocument?> Find() => _place.Table.FindAsync(RunId.Parse(Running.Id), default);

    private async Task<string> List(RunQuery query) => string.Concat((await _place.Table.ListAsync(query, default)).Select(r => r.Id[^1]));
}
