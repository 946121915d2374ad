using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Contracts.Tests;

public sealed class RunTimelineTests
{
    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void Every_event_has_a_sentence(string type)
    {
        var entry = RunTimeline.Of(new(7, EveryEvent.Sample(type)));
        Assert.Equal((7, type), (entry.SequenceNr, entry.Event));
        Assert.NotEmpty(entry.Message);
        Assert.DoesNotContain("System.", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_counts_what_was_asked_for_in_each_round()
    {
        var events = GoldenRuns.Merged.Select((e, i) => new StoredEvent(i + 1, e)).ToList();
        var report = RunReports.Of(GoldenRuns.Document(GoldenRuns.Merged), events);
        Assert.Equal([(1, 5), (2, 1)], report.Rounds.Select(r => (r.Round, r.Triggers)));
        Assert.Equal(["9001", "9002", "9004"], report.Rounds[0].CompactionIds.AsEnumerable());
        Assert.Equal(["10"], Assert.Single(report.Rounds[0].Plans).Targets.AsEnumerable());
        Assert.Equal((3, 3_000L, "3"), (report.Rounds[0].Candidates, report.Rounds[0].RowsRewritten, Assert.Single(report.Rounds[0].LeftOut)));
        Assert.Equal((2, 13_000L, 16_000L), (report.Rounds[1].Candidates, report.Rounds[1].RowsRewritten, report.RowsRewritten));
        Assert.Equal(new("7", 3, 1, 6_000, 11_000), Assert.Single(report.Partitions));
        Assert.NotNull(report.TookSeconds);
        Assert.Null(RunReports.Of(GoldenRuns.Document(GoldenRuns.AtWork), []).TookSeconds);
    }

    [Theory]
    [InlineData("*", "books", true)]
    [InlineData("b*s", "books", true)]
    [InlineData("b?oks", "books", true)]
    [InlineData("books", "books2", false)]
    [InlineData("b*", "Books", false)]
    [InlineData("b*", "a_books", false)]
    [InlineData("book_1", "bookX1", false)]
    public void A_pattern_is_of_the_whole_name(string pattern, string name, bool fits) => Assert.Equal(fits, CollectionScope.Matches(pattern, name));
}
