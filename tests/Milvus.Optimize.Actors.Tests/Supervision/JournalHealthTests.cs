using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Tests.Supervision;

/// <summary>When the journal counts as down, and how its return is found out.</summary>
public sealed class JournalHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly JournalHealth _journal;

    public JournalHealthTests() => _journal = new(_time);

    [Fact]
    public void One_failure_is_a_collection_s_bad_luck_and_a_second_one_is_the_journal_s()
    {
        _journal.Failed(JournalFault.Other, "timeout");
        Assert.Null(_journal.Down);
        _journal.Failed(JournalFault.Other, "connection refused");
        Assert.Contains("connection refused", _journal.Down, StringComparison.Ordinal);
        Assert.Contains("check the database", _journal.Down, StringComparison.Ordinal);
    }

    [Fact]
    public void A_success_in_between_counts()
    {
        _journal.Failed(JournalFault.Other, "timeout");
        Assert.False(_journal.Succeeded());
        _journal.Failed(JournalFault.Other, "timeout");
        Assert.Null(_journal.Down);
    }

    [Fact]
    public void A_full_disk_is_everybody_s_at_once_and_says_what_to_do()
    {
        _journal.Failed(JournalFault.Full, "database or disk is full");
        Assert.Contains("make room", _journal.Down, StringComparison.Ordinal);
        Assert.True(_journal.Succeeded());
        Assert.Null(_journal.Down);
    }

    [Fact]
    public void Being_fenced_is_no_failure_of_the_journal()
    {
        for (var i = 0; i < 10; i++) _journal.Failed(JournalFault.Fenced, "unique");
        Assert.Null(_journal.Down);
    }

    [Fact]
    public void A_database_that_answers_is_believed_when_no_write_has_failed_for_a_while()
    {
        Assert.False(_journal.Answers());
        for (var i = 0; i < 2; i++) _journal.Failed(JournalFault.Other, "timeout");
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(_journal.Answers());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(_journal.Answers());
        Assert.Null(_journal.Down);
        _journal.Failed(JournalFault.Other, "timeout");
        Assert.NotNull(_journal.Down);
    }

    [Fact]
    public void A_full_disk_is_not_well_because_the_database_answers()
    {
        _journal.Failed(JournalFault.Full, "full");
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(_journal.Answers());
    }

    [Fact]
    public void While_it_is_down_one_request_at_a_time_finds_out_less_and_less_often()
    {
        _journal.Failed(JournalFault.Full, "full");
        Assert.False(_journal.TakeProbe());
        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            _time.Advance(TimeSpan.FromSeconds(pause - 0.1));
            Assert.False(_journal.TakeProbe());
            _time.Advance(TimeSpan.FromSeconds(0.1));
            Assert.True(_journal.TakeProbe());
            Assert.False(_journal.TakeProbe());
        }
    }
}
