using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>What nodes say to each other comes out as it went in, and what they do not say is refused without harm.</summary>
public sealed class MessageTests : IDisposable
{
    private static readonly RunId Run = RunId.Parse("books.7.01M84VVKSEHTEJ7QBYQ5Y4BBGB");
    private static readonly StartRequest Request = new(new(new("books"), "default", "novels"), new(TargetSize.Parse("2GB"), true, true), "key-1", TimeSpan.FromHours(3)) { FailIfLive = true, TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    private static readonly MilvusFailure Failure = new(MilvusFailureKind.Unknown, 8, "Unavailable", "gone");

    private static readonly RunQuery Narrow = new(Limit: 7)
    {
        Within = CollectionScope.Parse("prod-*/default/b?"), State = "Failed", Since = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UnixEpoch.AddDays(1),
        Before = new(DateTimeOffset.UnixEpoch.AddHours(1), "books.7.01M84VVKSEHTEJ7QBYQ5Y4BBGB"),
    };

    private static readonly RunDocument Document = JsonSerializer.Deserialize<RunDocument>(
        JsonSerializer.Serialize(RunDocuments.Of(GoldenRuns.Merged.Aggregate(CollectionState.Empty, OptimizeState.Apply), new("books"), LiveView.Empty), RunDocuments.Json), RunDocuments.Json)!;

    private static readonly object[] All =
    [
        new StartRun(Request), new StartOn(Run.Collection, new("default", "novels", 7), Request), new GetRun(Run, -1, TimeSpan.FromSeconds(20)), new CancelRun(Run, "why"),
        new AbandonRun(Run, "why", true), new RetryRun(Run, "why"), new Wake(Run.Collection), new Awake(Run.Collection), new OutcomeStored(Run, 2), new RunReply(Document, true),
        new Refused(new("run-conflict", "another", true, Run, 7)), new Refused(new("not-found", "none")), NotAwake.Instance, new NotAwake(new Held("Resting", "later")),
        new DeliverOutcome(Run, 1, 2, new TriggerOutcome.Acknowledged(-1, 3)), new DeliverOutcome(Run, 1, 2, new TriggerOutcome.Refused(Failure)),
        new DeliverOutcome(Run, 1, 2, new TriggerOutcome.NotSent("stopping")), new DeliverOutcome(Run, 1, 2, new TriggerOutcome.Unknown(Failure)),
        new FindRun(Run), new ListRuns(new()), new ListRuns(new("c", "d", "e", false, 7)), new ListRuns(Narrow), new RunIds([Run, Run]),
        new OnCollection(Run.Collection, new GetRun(Run, 7000, TimeSpan.Zero)),
    ];

    private readonly ExtendedActorSystem _system;
    private readonly MessageSerializer _serializer;

    public MessageTests()
    {
        _system = (ExtendedActorSystem)ActorSystem.Create("messages");
        _serializer = new(_system);
    }

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Every_message_comes_out_as_it_went_in()
    {
        Assert.Empty(MessageMapping.Types.Except(All.Select(m => m.GetType())));
        foreach (var message in All)
        {
            var read = _serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
            Assert.Equal(Text(message), Text(read));
        }
    }

    [Fact]
    public void A_run_with_very_many_segments_fits_into_a_frame_and_says_how_many_there_are()
    {
        var ids = Enumerable.Range(0, 300_000).Select(i => $"{454_000_000_000_000_000 + i}").ToList();
        var reply = new RunReply(Document with { Segments = new(new(ids.Count, 1, [.. ids]), new(ids.Count, 1, [.. ids])) });
        var bytes = _serializer.ToBinary(reply);

        // Half of maximum-frame-size, for what surrounds it.
        Assert.InRange(bytes.Length, 800_000, 2_097_152 / 2);
        var read = ((RunReply)_serializer.FromBinary(bytes, _serializer.Manifest(reply))).Run.Segments;
        Assert.Equal((300_000, 300_000), (read.Before!.Count, read.After!.Count));
        Assert.Equal(ids.Take(RunDocuments.MostIdsInMessage), read.Before.Ids);
    }

    [Fact]
    public void Manifests_are_what_they_were() => Assert.Equal(
        "S1 O1 G1 C1 A1 T1 W1 B1 D1 K1 E1 Q1 L1 I1 R1 F1 N1", string.Join(' ', MessageMapping.Types.Select(MessageMapping.ManifestOf)));

    [Fact]
    public void Bytes_that_are_no_message_are_refused_as_remoting_expects_it()
    {
        var random = new Random(17);
        var bytes = All.Select(m => (Manifest: _serializer.Manifest(m), Bytes: _serializer.ToBinary(m))).Where(m => m.Bytes.Length > 0).ToList();
        for (var i = 0; i < 100_000; i++)
        {
            var (manifest, good) = bytes[i % bytes.Count];
            var bad = good.ToArray();
            for (var hit = 0; hit <= i % 4; hit++) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                Assert.Contains(_serializer.FromBinary(bad, manifest).GetType(), MessageMapping.Types);
            }
            catch (SerializationException)
            {
                // Of this kind alone: any other one would cut the connection between two nodes.
            }
        }

        Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "S9"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "D1"));
    }

    // Records of records, whose lists compare by reference.
    private static string Text(object message) => message switch
    {
        RunIds i => string.Join(' ', i.Runs),
        RunReply r => JsonSerializer.Serialize(r.Run, RunDocuments.Json) + r.Joined,
        _ => message.ToString()!,
    };
}
