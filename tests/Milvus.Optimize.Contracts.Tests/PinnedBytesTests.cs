using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>
/// The bytes of one event of each kind, as 0.1.0 wrote them. A field with another number or type changes them; so does a new field, and then the old file
/// stays for reading and a new one is added beside it.
/// </summary>
public sealed class PinnedBytesTests(SerializerFixture fixture) : IClassFixture<SerializerFixture>
{
    private static readonly Dictionary<string, string> Pinned = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Bytes", "0.1.0.txt"))
        .Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void An_event_is_written_in_the_bytes_of_0_1_0(string type)
    {
        var e = EveryEvent.Sample(type);
        Assert.Equal(Pinned.GetValueOrDefault(fixture.Serializer.Manifest(e)), Convert.ToHexStringLower(fixture.Serializer.ToBinary(e)));
    }

    [Fact]
    public void Every_pinned_line_still_has_its_event() => Assert.Empty(Pinned.Keys.Except(EventMapping.Types.Select(EventMapping.ManifestOf)));

    [GeneratorFact]
    public void Writes_the_bytes_of_this_version()
    {
        var lines = EveryEvent.Types.Select(t => EveryEvent.Sample(t)).Select(e => $"{fixture.Serializer.Manifest(e)} {Convert.ToHexStringLower(fixture.Serializer.ToBinary(e))}");
        var file = Path.Combine(Repository.Root, "tests", "Milvus.Optimize.Contracts.Tests", "Bytes", $"{GeneratorFactAttribute.Version}.txt");
        File.WriteAllText(file, string.Join('\n', lines) + "\n");
    }
}
