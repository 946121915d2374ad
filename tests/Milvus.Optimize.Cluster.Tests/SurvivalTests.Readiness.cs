namespace Milvus.Optimize.Cluster.Tests;

/// <summary>What <c>/readyz</c> says of a node: up, registered and in the majority. That the database counts is seen in its outage.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public async Task A_node_without_a_cluster_is_not_ready_and_one_without_a_Milvus_is()
    {
        var bed = await beds.ReadyAsync();
        await using var alone = bed.Another("Akka:SeedNodes:0=127.0.0.1:9", "Akka:SeedNodes:1=127.0.0.1:9", "Akka:SeedNodes:2=127.0.0.1:9");
        alone.Start();
        await using var deaf = bed.Another($"Clusters:{ClusterBed.Milvus}:Address=127.0.0.1:9");
        deaf.Start();
        await deaf.UntilUpAsync();
        foreach (var node in bed.Nodes.Append(deaf)) await AnswerAsync(node, 200);
        await AnswerAsync(alone, 503, "not up");
        await deaf.Process.SignalAsync("TERM");
        await deaf.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
    }

    [ClusterFact]
    public async Task A_node_that_reaches_no_other_is_not_ready_before_it_ends()
    {
        var bed = await beds.ReadyAsync();
        var last = bed.Nodes[2];
        await AnswerAsync(last, 200);
        var frozen = bed.Nodes.Where(n => n != last).ToList();
        foreach (var other in frozen) await other.Process.SignalAsync("STOP");
        try
        {
            await AnswerAsync(last, 503, "reaches 1 of 3");
            await last.Process.UntilExitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            foreach (var other in frozen)
            {
                await other.Process.SignalAsync("KILL");
                await other.Process.UntilExitAsync(TimeSpan.FromSeconds(20));
            }
        }
    }

    // A node that knows of a database that is away says so until a write of its own succeeds: a collection rests for up to half a minute before it tries.
    private static Task AnswerAsync(NodeProcess node, int status, string reason = "") => Shell.UntilAsync(
        $"{status} of node {node.Name}", async () => await node.ReadyAsync() is var seen && seen.Status == status && seen.Body.Contains(reason, StringComparison.Ordinal), TimeSpan.FromSeconds(60));
}
