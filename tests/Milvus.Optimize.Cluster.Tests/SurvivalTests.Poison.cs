using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Rows in the journal that this version cannot read: of a newer version, damaged, and one that does not follow from what was before. Their collections stand still and say so, all others go on.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task What_cannot_be_read_is_quarantined_and_visible_and_all_others_go_on()
    {
        var bed = await beds.ReadyAsync();
        await bed.CompactionsTakeAsync(TimeSpan.FromSeconds(60));
        string[] collections = ["books", "papers", "songs", "films"];
        var before = await Task.WhenAll(collections.Select(bed.TriggersAsync));
        var runs = await Task.WhenAll(collections.Select((collection, i) => bed.Nodes[i % 3].OptimizeAsync(collection, force: true)));
        foreach (var run in runs) await bed.UntilAsync(run, "WaitingForCompaction");
        foreach (var node in bed.Nodes) await node.Process.SignalAsync("KILL");
        foreach (var node in bed.Nodes) await node.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        await AppendAsync(bed, "books", "'zz9'", "'\\x0a03666f6f'::bytea");
        await AppendAsync(bed, "papers", "'ta1'", "'\\xffffffffff'::bytea");
        await AppendAsync(bed, "songs", "min(manifest) filter (where manifest = 'ta1')", "(array_agg(message) filter (where manifest = 'ta1'))[1]");

        await bed.ReadyAsync();
        await bed.UntilAsync(runs[3], "Succeeded");
        foreach (var (run, collection) in runs.Zip(collections).Take(3))
        {
            await Shell.UntilAsync($"{collection} is seen to be quarantined", async () => await SeenAsync(bed.Nodes[2], run) is { State: "Quarantined" });
            var refused = await Assert.ThrowsAsync<OptimizeProblemException>(() => bed.Nodes[1].OptimizeAsync(collection, force: true));
            Assert.Equal(OptimizeProblem.Quarantined, refused.Problem.Code);
        }

        Assert.Equal(before.Select(t => t + 1), await Task.WhenAll(collections.Select(bed.TriggersAsync)));
        foreach (var node in bed.Nodes) await AnswerAsync(node, 200);

        // A version that reads them goes on where they were; here the rows go, and their runs move.
        await bed.Database.RowsAsync("delete from optimize_journal where writer_uuid = 'poison'");
        foreach (var node in bed.Nodes)
        {
            await node.Process.SignalAsync("TERM");
            await node.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
        }

        await bed.ReadyAsync();
        foreach (var run in runs.Take(3)) await bed.UntilAsync(run, "Succeeded");
        bed.AssertJudged(runs);
    }

    private static async Task AppendAsync(ClusterBed bed, string collection, string manifest, string message) => await bed.Database.RowsAsync($"""
        insert into optimize_journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
        select max(created), false, persistence_id, max(sequence_number) + 1, {message}, {manifest}, max(identifier), 'poison'
        from optimize_journal where persistence_id = 'optimize-{ClusterBed.Milvus}.{await bed.IdOfAsync(collection)}' group by persistence_id
        """);

    private static async Task<RunDocument?> SeenAsync(NodeProcess node, string run)
    {
        try
        {
            return await node.Runs.GetAsync(RunId.Parse(run), -1, TimeSpan.Zero, CancellationToken.None);
        }
        catch (OptimizeProblemException e) when (e.Problem.Retryable)
        {
            return null;
        }
    }
}
