using System.Diagnostics;
using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Serialization;
using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>Bytes over the wire that no node ever sends: JSON that names a class, manifests that nobody has, random protobuf.</summary>
public sealed partial class SurvivalTests
{
    [ClusterFact]
    public Task Bytes_that_no_node_sends_change_nothing() => AttackAsync(2_000);

    [ClusterFact, Trait("Category", "Long")]
    public Task Nor_do_a_hundred_thousand() => AttackAsync(100_000);

    private async Task AttackAsync(int count)
    {
        var bed = await beds.ReadyAsync();
        var run = await bed.Nodes[0].OptimizeAsync("films", force: true);
        await bed.UntilAsync(run, "Succeeded");
        var events = await bed.Database.RowsAsync("select count(*), max(ordering) from optimize_journal");
        var trap = Path.Combine(Path.GetTempPath(), $"trap-{Guid.NewGuid():N}");

        using var attacker = ActorSystem.Create("attacker", ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig($"akka.actor.provider = remote\nakka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.remote.dot-netty.tcp {{ hostname = 127.0.0.1\nport = {FreePorts.Next()} }}"),
            SerializationSetup.Create(s => [Details<Json>(s, 1), Details<Message>(s, 1720), Details<Event>(s, 1719), Details<Nobody>(s, 4711)])));
        var node = bed.Nodes[0];
        var targets = ((string[])["user/milvus-optimize", "system/sharding/milvus-optimize", "system/cluster/core/daemon"])
            .Select(p => attacker.ActorSelection($"akka.tcp://milvus-optimize@{bed.Seeds[0]}/{p}")).ToList();
        var random = new Random(20261126);
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) targets[i % targets.Count].Tell(Next(random, trap));

        // What was sent after them has arrived: so have they.
        await Shell.UntilAsync("the attack is over", async () => await targets[0].Ask<ActorIdentity>(new Identify(count), TimeSpan.FromSeconds(5)).ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default), TimeSpan.FromSeconds(300));
        Assert.Equal(events[0], (await bed.Database.RowsAsync("select count(*), max(ordering) from optimize_journal"))[0]);
        Assert.False(File.Exists(trap));
        Assert.All(bed.Nodes, n => Assert.True(n.IsRunning));
        var next = await node.OptimizeAsync("films", force: true);
        await bed.UntilAsync(next, "Succeeded");
        bed.AssertJudged(run, next);
        _figures.WriteLine($"{count} messages that no node sends, refused within {Stopwatch.GetElapsedTime(since).TotalSeconds:F1} s: nothing stored, no node ended");
    }

    private static object Next(Random random, string trap)
    {
        var bytes = new byte[random.Next(0, 200)];
        random.NextBytes(bytes);
        var known = MessageSerializerManifests[random.Next(MessageSerializerManifests.Length)];
        return random.Next(5) switch
        {
            0 => new Json("", Encoding.UTF8.GetBytes($$"""{"$type":"System.IO.StreamWriter, System.Private.CoreLib","path":"{{trap}}"}""")),
            1 => new Json("System.IO.FileInfo, System.Private.CoreLib", Encoding.UTF8.GetBytes($$"""{"$type":"System.IO.FileInfo, System.Private.CoreLib","fileName":"{{trap}}"}""")),
            2 => new Message(random.Next(2) == 0 ? known : $"{known}9", bytes),
            3 => new Event(known, bytes),
            _ => new Nobody("X1", bytes),
        };
    }

    private static readonly string[] MessageSerializerManifests = "S1 O1 G1 C1 A1 T1 W1 B1 D1 K1 E1 Q1 L1 I1 R1 F1 N1 ow1 ia1 ta1 ls1".Split(' ');

    private static SerializerDetails Details<T>(ExtendedActorSystem system, int id)
        where T : Raw => SerializerDetails.Create($"raw-{id}", new RawSerializer(system, id), [typeof(T)]);

    private abstract record Raw(string Manifest, byte[] Bytes);

    private sealed record Json(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    private sealed record Message(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    private sealed record Event(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    private sealed record Nobody(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    /// <summary>Sends bytes as they are, under another serializer's number.</summary>
    private sealed class RawSerializer(ExtendedActorSystem system, int id) : SerializerWithStringManifest(system)
    {
        public override int Identifier => id;

        public override string Manifest(object o) => ((Raw)o).Manifest;

        public override byte[] ToBinary(object obj) => ((Raw)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}
