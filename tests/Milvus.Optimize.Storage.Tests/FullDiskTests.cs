using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Identity;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>A full disk stops writing, and nothing else: what was acknowledged is there, and it goes on when there is room.</summary>
public sealed class FullDiskTests
{
    private const string Id = "optimize-golden.101";
    private static readonly E First = GoldenRuns.Merged[0];

    [TinyDiskFact]
    public async Task Events_fail_while_the_disk_is_full_and_none_that_was_acknowledged_is_lost()
    {
        using var disk = new TinyDisk(kilobytes: 8_000);
        var kept = new List<string>();
        await using (var node = await JournalNode.StartAsync(disk.Journal))
        {
            var keeper = await node.RecoverAsync(Id);
            for (var i = 0; i < 3; i++) Assert.True(await Keep(keeper, i));
            disk.Fill();
            var number = 3;
            while (await Keep(keeper, number)) number++;

            // Reading needs no room; a second try fails like the first.
            keeper = await node.RecoverAsync(Id);
            Assert.Equal(kept, (await JournalNode.HistoryAsync(keeper)).Events.Select(Text.Of));
            Assert.False(await Keep(keeper, number));

            disk.MakeRoom();
            keeper = await node.RecoverAsync(Id);
            for (var i = 0; i < 20; i++) Assert.True(await Keep(keeper, number + i));
        }

        await using var later = await JournalNode.StartAsync(disk.Journal);
        Assert.Equal(kept, (await JournalNode.HistoryAsync(await later.RecoverAsync(Id))).Events.Select(Text.Of));

        async Task<bool> Keep(Akka.Actor.IActorRef keeper, int number)
        {
            Assert.InRange(number, 0, 2_000);
            var e = new E.MergeLost(First.Stamp, $"{number} {new string('x', 900)}");
            var answer = await JournalNode.KeepAsync(keeper, e);
            if (answer is Keeper.NotKept no) Assert.Equal(JournalFault.Full, new JournalFaults().Classify(no.Cause));
            else kept.Add(Text.Of(e));
            return answer is Keeper.Kept;
        }
    }

    [TinyDiskFact]
    public async Task A_row_fails_while_the_disk_is_full_and_is_written_when_there_is_room()
    {
        using var disk = new TinyDisk(kilobytes: 8_000);
        var table = new SqlRunTable(OptimizeDatabase.Of(new() { SqliteFile = disk.Journal }));
        var run = GoldenRuns.Document(GoldenRuns.AtWork);
        var id = RunId.Parse(run.Id);
        await table.UpsertAsync(new(id, 1, run with { Revision = 1 }), default);
        disk.Fill();
        var stored = 1;
        var full = await Assert.ThrowsAsync<SqliteException>(async () =>
        {
            for (; stored < 2_000; stored++)
                await table.UpsertAsync(new(id, 1, run with { Revision = stored + 1, StateMessage = new string('x', 100 * stored) }), default);
        });
        // "Full", or the input/output error that a full file system gives the shared-memory file.
        Assert.Contains(full.SqliteErrorCode, (int[])[10, 13]);
        Assert.Equal(stored, (await table.FindAsync(id, default))!.Revision);

        disk.MakeRoom();
        await table.UpsertAsync(new(id, 1, run with { Revision = 9_999 }), default);
        Assert.Equal(9_999, (await table.FindAsync(id, default))!.Revision);
    }
}
