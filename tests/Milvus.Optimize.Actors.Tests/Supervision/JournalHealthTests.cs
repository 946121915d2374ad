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
