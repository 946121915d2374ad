using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Serialization;
using Google.Protobuf;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>Events as protobuf under short manifests that are never reused. Identifier 1719, fixed for ever.</summary>
public sealed class OptimizeSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => 1719;

    /// <summary>Registers the serializer for every concrete event type.</summary>
    public static Setup Setup { get; } = SerializationSetup.Create(system => [Details(system)]);

    /// <inheritdoc/>
    public override string Manifest(object o) => o is CollectionState ? SnapshotMapping.Manifest : EventMapping.ManifestOf(o.GetType());

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        obj is CollectionState state ? SnapshotMapping.ToWire(state).ToByteArray() : EventMapping.ToWire((OptimizeEvent)obj).ToByteArray();

    /// <summary>
    /// Never throws for an event: what cannot be read becomes an <see cref="UnreadableEvent"/>. A snapshot that cannot be read is refused instead, and then
    /// all events are replayed.
    /// </summary>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        return manifest.StartsWith(SnapshotMapping.ManifestPrefix, StringComparison.Ordinal) ? Snapshot(bytes, manifest) : ReadEvent(bytes, manifest);
    }

    /// <summary>An <see cref="OptimizeEvent"/>, or an <see cref="UnreadableEvent"/>. Never throws.</summary>
    public static object ReadEvent(byte[] bytes, string manifest)
    {
        try
        {
            return EventMapping.FromWire(manifest, bytes) ?? (object)new UnreadableEvent(manifest, $"no event has the manifest '{manifest}': a newer version wrote it");
        }
        // Protobuf's timestamps and durations say InvalidOperationException of values that cannot be.
        catch (Exception e) when (e is InvalidProtocolBufferException or ArgumentException or FormatException or InvalidOperationException
            or NullReferenceException or OverflowException)
        {
            return new UnreadableEvent(manifest, $"the bytes are no '{manifest}': {e.Message}");
        }
    }

    internal static SerializerDetails Details(ExtendedActorSystem system) =>
        SerializerDetails.Create("optimize", new OptimizeSerializer(system), [.. EventMapping.Types, typeof(CollectionState)]);

    private static CollectionState Snapshot(byte[] bytes, string manifest) => manifest == SnapshotMapping.Manifest
        ? SnapshotMapping.FromWire(Wire.CollectionSnapshot.Parser.ParseFrom(bytes))
        : throw new ArgumentException($"a newer version wrote the snapshot '{manifest}'");
}
