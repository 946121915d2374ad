using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Reading never throws: a collection whose history is damaged must stay visible.</summary>
public sealed class DamagedEventTests(SerializerFixture fixture) : IClassFixture<SerializerFixture>
{
    private static readonly Wire.Stamp Stamp = EventMapping.ToWire(EveryEvent.Sample("FlushCompleted")) is Wire.FlushCompleted f ? f.Stamp : null!;

    private OptimizeSerializer Serializer => fixture.Serializer;

    [Fact]
    public void An_unknown_manifest_is_an_unreadable_event_that_names_it()
    {
        var read = Assert.IsType<UnreadableEvent>(Serializer.FromBinary([1, 2, 3], "zz9"));
        Assert.Equal("zz9", read.Manifest);
        Assert.Contains("a newer version", read.Reason, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void Nothing_at_all_is_unreadable(string type) =>
        Assert.IsType<UnreadableEvent>(Serializer.FromBinary([], EventMapping.ManifestOf(EveryEvent.Sample(type).GetType())));

    [Fact]
    public void An_instant_outside_the_calendar_is_unreadable() =>
        Unreadable("fc1", new Wire.FlushCompleted { Stamp = new(Stamp) { At = new Timestamp { Seconds = long.MaxValue } } });

    [Fact]
    public void A_budget_that_is_no_duration_is_unreadable() => Unreadable("ia1", new Wire.IntentAccepted
    {
        Stamp = Stamp,
        Budgets = new()
        {
            SendWithin = new Duration { Seconds = 1, Nanos = -1 },
            CallTimeout = new(),
            TcpUserTimeout = new(),
            ServerDeadline = new(),
            Margin = new(),
        },
    });

    [Theory]
    [InlineData("SomethingNew")]
    [InlineData("99")]
    [InlineData("")]
    public void An_outcome_that_this_version_does_not_know_is_unreadable(string outcome) =>
        Unreadable("en1", new Wire.Ended { Stamp = Stamp, Outcome = outcome, Reason = "None" });

    [Fact]
    public void A_field_of_a_newer_version_is_passed_over()
    {
        var e = EveryEvent.Sample("FlushCompleted");
        byte[] longer = [.. Serializer.ToBinary(e), 0xFA, 0x01, 0x02, 0x41, 0x42];
        Assert.Equal(Text.Of(e), Text.Of(Serializer.FromBinary(longer, "fc1")));
    }

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void Mutated_bytes_are_an_event_or_unreadable(string type)
    {
        var e = EveryEvent.Sample(type);
        var manifest = Serializer.Manifest(e);
        var whole = Serializer.ToBinary(e);
        var random = new Random(1719);
        for (var i = 0; i < 300; i++)
        {
            var bytes = Mutated(whole, random);
            var fault = Record.Exception(() => Assert.True(Serializer.FromBinary(bytes, manifest) is OptimizeEvent or UnreadableEvent));
            Assert.True(fault is null, $"{manifest} {Convert.ToHexString(bytes)}: {fault}");
        }
    }

    private static byte[] Mutated(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole];
        for (var times = random.Next(1, 4); times > 0 && bytes.Length > 0; times--)
        {
            var at = random.Next(bytes.Length);
            var other = (byte)random.Next(256);
            bytes = random.Next(5) switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], other, .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + 1)..]],
                3 => [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], other, .. bytes[(at + 1)..]],
            };
        }

        return bytes;
    }

    private void Unreadable(string manifest, IMessage message) => Assert.IsType<UnreadableEvent>(Serializer.FromBinary(message.ToByteArray(), manifest));
}
