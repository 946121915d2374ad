using Milvus.Optimize.Simulator;
using Milvus.Optimize.Simulator.Model;
using W = Milvus.Optimize.Wire;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>What happens to the nodes and to the server.</summary>
internal sealed partial class Schedule
{
    /// <summary>A trigger is about to be sent or is under way: what a crash or a pause does now is what the protocol is made for.</summary>
    public void Endanger(VirtualNode node)
    {
        if (Faults.StrikesNow()) After(TimeSpan.FromMilliseconds(Random.Next(2000)), Act.Danger, node.Name, () => Cause(Random.Next(2) == 0 ? Act.NodeCrashes : Act.NodePauses, node));
    }

    /// <summary>Once in a schedule that is about it, somebody else's merge of some segments begins right before ours of the rest.</summary>
    public bool BeginsAmongOthers()
    {
        if (!Mutant.AmongOthers || _begunAmongOthers) return false;
        Server.Simulation.Change(world =>
        {
            if (world.Catalog.Find("default", Server.Collection) is { } collection) world.Compactions.StartForeign(collection, TimeSpan.FromSeconds(Random.Next(5, 150)), Random.Next(2, 4));
        });
        return _begunAmongOthers = true;
    }

    private void Cause(Act fault) => Cause(fault, Nodes[Random.Next(Nodes.Length)]);

    private void Cause(Act fault, VirtualNode node)
    {
        switch (fault)
        {
            case Act.NodeCrashes when node.IsUp:
                Note(fault, node.Name);
                node.Crash();
                After(TimeSpan.FromSeconds(Random.Next(1, 60)), Act.NodeRestarts, node.Name, node.Restart);
                break;
            case Act.NodePauses when node.Runs:
                var pause = TimeSpan.FromSeconds(Random.Next(1, 120));
                Note(fault, $"{node.Name} for {pause}");
                node.Pause(pause);
                After(pause, Act.NodeWakes, node.Name, () => { });

                // Whoever watches the members of a cluster lets another one go on.
                if (Random.Next(2) == 0) After(pause * Random.NextDouble(), Act.SecondOwnerStarts, "", () => Other(node).Wake());
                break;
            case Act.SecondOwnerStarts when node.Owner is null:
                Note(fault, node.Name);
                node.Wake();
                break;
            case Act.WallClockSteps:
                var by = TimeSpan.FromSeconds(Random.Next(-120, 120));
                Note(fault, $"{node.Name} by {by}");
                node.Time.Offset += by;
                break;
            case Act.ServerRestarts:
                Note(fault, "");
                Server.Simulation.Restart();
                break;
            case Act.NodeCrashes or Act.NodePauses or Act.SecondOwnerStarts:
                break;
            default:
                Server.Simulation.Change(world => Cause(fault, world));
                break;
        }
    }

    private void Cause(Act fault, World world)
    {
        if (world.Catalog.Find("default", Server.Collection) is not { } collection) return;
        Note(fault, "");
        switch (fault)
        {
            case Act.ForeignCompaction:
                StartForeign(world, collection);
                break;
            case Act.RowsFlushed:
                world.Writes.Insert(collection, "", Random.Next(1, 5) * 1000);
                world.Writes.Flush(collection);
                Server.Simulation.Log.Append(Server.Simulation.NewEntry("call") with { Rpc = "Insert", Effect = true, Foreign = true });
                break;
            case Act.RowsDeleted:
                world.Writes.Delete(collection, "", Random.Next(1, 500));
                break;
            case Act.RowsLost:
                LoseRows(world, collection);
                break;
            case Act.PlanFails:
                world.Faults.Arm(new PlanFailed());
                break;
            case Act.PlanForgotten:
                world.Faults.Arm(new PlanForgotten());
                break;
            case Act.PlansForgotten:
                world.Compactions.ForgetAll(collection.Name);
                break;
            case Act.PlanRetried:
                world.Faults.Arm(new PlanRetried());
                break;
            case Act.PlanNotQueued:
                world.Faults.Arm(new EnqueueFailed());
                break;
            case Act.RecordLost:
                world.Faults.Arm(new MetadataLost());
                break;
            case Act.IndexFails:
                world.Faults.Arm(new IndexBuildFailed());
                break;
            case Act.CollectionReleased:
                world.Loads.Release(collection);
                break;
            case Act.CollectionDropped:
                world.Catalog.DropCollection(collection);
                break;
        }
    }

    private void StartForeign(World world, Collection collection)
    {
        world.Compactions.StartForeign(collection, TimeSpan.FromSeconds(Random.Next(2, 90)), Random.Next(2) == 0 ? null : Random.Next(1, 4));
        if (world.State.Tasks.LastOrDefault(t => t.IsForeign && t.IsLive) is not { } task) return;
        Server.Simulation.Log.Append(Server.Simulation.NewEntry("compactionStarted") with
        {
            CollectionId = Simulation.Ids([collection.Id])[0],
            CompactionId = Simulation.Ids([task.TriggerId])[0],
            Foreign = true,
        });
    }

    /// <summary>A server's own fault: the youngest product of a merge has fewer rows than it should.</summary>
    private void LoseRows(World world, Collection collection)
    {
        if (world.SegmentsOf(collection.Id).LastOrDefault(s => s is { State: W.SegmentState.Flushed, CompactionFrom.Count: > 1, Rows: > 10 }) is not { } product) return;
        product.Rows -= 7;
        Truths.Lost(product.Id, Clock.Now);
    }

    private VirtualNode Other(VirtualNode node) => Nodes[0] == node ? Nodes[1] : Nodes[0];
}
