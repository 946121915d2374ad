using Google.Protobuf;
using Google.Protobuf.Reflection;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Contracts.Tests;

public sealed class EventRoundTripTests(SerializerFixture fixture) : IClassFixture<SerializerFixture>
{
    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void An_event_comes_back_as_it_was(string type)
    {
        var e = EveryEvent.Sample(type);
        var back = fixture.Serializer.FromBinary(fixture.Serializer.ToBinary(e), fixture.Serializer.Manifest(e));
        Assert.IsType(e.GetType(), back);
        Assert.Equal(Text.Of(e), Text.Of(back));
    }

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void No_field_of_the_message_is_forgotten(string type) => Assert.Empty(Unset(EventMapping.ToWire(EveryEvent.Sample(type))));

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void An_event_finds_our_serializer(string type) =>
        Assert.IsType<OptimizeSerializer>(fixture.System.Serialization.FindSerializerFor(EveryEvent.Sample(type)));

    [Fact]
    public void The_serializer_keeps_its_number() => Assert.Equal(1719, fixture.Serializer.Identifier);

    private static IEnumerable<string> Unset(IMessage message) => message.Descriptor.Fields.InFieldNumberOrder().SelectMany(f => Unset(message, f));

    private static IEnumerable<string> Unset(IMessage message, FieldDescriptor field) => field.Accessor.GetValue(message) switch
    {
        IMessage inner => Unset(inner),
        global::System.Collections.IList { Count: > 0 } items => items.OfType<IMessage>().SelectMany(Unset),
        "" or false or 0 or 0L or 0UL or null or global::System.Collections.IList => field.ContainingType.File.Name.EndsWith("events.proto", StringComparison.Ordinal) ? [field.FullName] : [],
        _ => [],
    };
}
