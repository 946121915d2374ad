using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Serialization;
using Google.Protobuf;

namespace Milvus.Optimize.Contracts.Serialization;

/// <summary>
/// Messages between nodes, as protobuf under short manifests that are never reused. Identifier 1720, fixed for ever. Apart from the events: what stands in
/// the journal is never sent, and what is sent never stands there.
/// </summary>
public sealed class MessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <inheritdoc/>
    public override int Identifier => 1720;

    /// <summary>Registers both serializers, each for every concrete type of its own.</summary>
    public static Setup Setup { get; } = SerializationSetup.Create(system =>
    [
        OptimizeSerializer.Details(system),
        SerializerDetails.Create("optimize-messages", new MessageSerializer(system), [.. MessageMapping.Types]),
    ]);

    /// <summary>Every type that it is for.</summary>
    public static IEnumerable<Type> Types => MessageMapping.Types;

    /// <inheritdoc/>
    public override string Manifest(object o) => MessageMapping.ManifestOf(o.GetType());

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => MessageMapping.ToWire(obj).ToByteArray();

    /// <exception cref="SerializationException">
    /// The message cannot be read. Of this kind alone: remoting drops such a message and goes on, while any other exception would cut the connection.
    /// </exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return MessageMapping.FromWire(manifest, bytes);
        }
        catch (Exception e)
        {
            throw new SerializationException($"a message '{manifest}' cannot be read: {e.Message}", e);
        }
    }
}
