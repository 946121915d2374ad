using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>
/// The bytes of one event of each kind, as each version wrote them. A field with another number or type changes them; so does a new field, and then the
/// old file stays for reading and a new one is added beside it.
/// </summary>
public sealed class PinnedBytesTests(SerializerFixture fixture) : IClassFixture<SerializerFixture>
{
    private static readonly Dictionary<string, string> Old = Read("0.1.0");
    private static readonly Dictionary<string, string> Pinned = Read("0.2.0");

    public static TheoryData<string> OldManifests => [.. Old.Keys];

    [Theory, MemberData(nameof(EveryEvent.TypeNames), MemberType = typeof(EveryEvent))]
    public void An_event_is_written_in_the_bytes_of_the_newest_version(string type)
    {
        var e = EveryEvent.Sample(type);
        Assert.Equal(Pinned.GetValueOrDefault(fixture.Serializer.Manifest(e)), Convert.ToHexStringLower(fixture.Serializer.ToBinary(e)));
    }

    [Theory, MemberData(nameof(OldManifests))]
    public void An_event_of_0_1_0_is_read_and_written_again_in_the_same_bytes(string manifest)
    {
        var read = fixture.Serializer.FromBinary(Convert.FromHexString(Old[manifest]), manifest);
        Assert.Equal(Old[manifest], Convert.ToHexStringLower(fixture.Serializer.ToBinary(read)));
    }

    [Fact]
    public void Every_pinned_line_still_has_its_event() => Assert.Empty(Pinned.Keys.Union(Old.Keys).Except(EventMapping.Types.Select(EventMapping.ManifestOf)));

    [GeneratorFact]
    public void Writes_the_bytes_of_this_version()
    {
        var lines = EveryEvent.Types.Select(t => EveryEvent.Sample(t)).Select(e => $"{fixture.Serializer.Manifest(e)} {Convert.ToHexStringLower(fixture.Serializer.ToBinary(e))}");
        var file = Path.Combine(Repository.Root, "tests", "Milvus.Optimize.Contracts.Tests", "Bytes", $"{GeneratorFactAttribute.Version}.txt");
        File.WriteAllText(file, string.Join('\n', lines) + "\n");
    }

    private static Dictionary<string, string> Read(string version) => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Bytes", $"{version}.txt"))
        .Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);
}
