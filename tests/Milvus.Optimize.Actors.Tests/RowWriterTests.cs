using System.Collections.Immutable;
using Akka.TestKit.Xunit2;
using Milvus.Optimize.Actors.Collections;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Rows reach the table in the end, and one that never does is in nobody's way.</summary>
public sealed class RowWriterTests : TestKit
{
    private readonly Table _table = new();
    private readonly RowWriter _rows;

    public RowWriterTests() => _rows = new(_table, new Random(1));

    [Fact]
    public async Task A_row_that_always_fails_does_not_keep_the_others_waiting()
    {
        _table.Refused.Add(Row(1).Document.Id);
        foreach (var i in new[] { 1, 2, 3 }) _rows.Add(Row(i));
        _rows.WriteNext(TestActor);
        for (var i = 0; i < 3; i++) await SettleAsync();
        Assert.Equal([2, 3], _table.Stored.Select(NumberOf));
        Assert.True(_rows.Owes);
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task Failed_rows_take_turns_and_wait_longer_each_time()
    {
        foreach (var i in new[] { 1, 2 })
        {
            _table.Refused.Add(Row(i).Document.Id);
            _rows.Add(Row(i));
        }

        _rows.WriteNext(TestActor);
        var tried = new List<long> { NumberOf((await SettleAsync()).Row), NumberOf((await SettleAsync()).Row) };
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add(_rows.RetryPause!.Value);
            _rows.Retry(TestActor);
            tried.Add(NumberOf((await SettleAsync()).Row));
        }

        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 1, 2], tried);
        Assert.InRange(pauses[0].TotalSeconds, 0.8, 1);
        Assert.InRange(pauses[2].TotalSeconds, 3.2, 4);
        Assert.All(pauses.Skip(6), p => Assert.InRange(p.TotalSeconds, 24, 30));

        _table.Refused.Clear();
        _rows.Retry(TestActor);
        await SettleAsync();
        _rows.Retry(TestActor);
        await SettleAsync();
        Assert.Null(_rows.RetryPause);
        Assert.False(_rows.Owes);
    }

    [Fact]
    public async Task A_row_that_was_overtaken_while_it_was_written_is_written_again()
    {
        _rows.Add(Row(1));
        _rows.WriteNext(TestActor);
        _rows.Add(Row(1) with { SequenceNr = 9 });
        await SettleAsync();
        Assert.True(_rows.Owes);
        await SettleAsync();
        Assert.False(_rows.Owes);
        Assert.Equal([1, 9], _table.Stored.Select(r => r.SequenceNr));
    }

    /// <summary>Does with an answer what the collection does.</summary>
    private async Task<RowWriter.Written> SettleAsync()
    {
        var written = await ExpectMsgAsync<RowWriter.Written>();
        _rows.Settle(written);
        _rows.WriteNext(TestActor);
        return written;
    }

    private static long NumberOf(RunRow row) => row.Run.Collection.CollectionId;

    private static RunRow Row(long id)
    {
        var run = new RunId(new(OptimizeHost.Cluster, id), "01KE3AZZZZZZZZZZZZZZZZZZZZ");
        var started = new OptimizeEvent.Started(new(run, 0, 1, 0, DateTimeOffset.UnixEpoch), "k", new("default", "books", id), "books", new(TargetSize.Automatic, false, false), DateTimeOffset.UnixEpoch);
        return new(run, 1, RunDocuments.Of(OptimizeState.Apply(CollectionState.Empty, started), OptimizeHost.Cluster, LiveView.Empty)!);
    }

    private sealed class Table : IRunTable
    {
        public HashSet<string> Refused { get; } = [];

        public List<RunRow> Stored { get; } = [];

        public Task UpsertAsync(RunRow row, CancellationToken cancellationToken)
        {
            if (Refused.Contains(row.Document.Id)) return Task.FromException(new IOException("no"));
            Stored.Add(row);
            return Task.CompletedTask;
        }

        public Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
