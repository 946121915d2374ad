using Akka.Actor;
using Akka.Actor.Setup;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>An actor system that knows the events as a node's does.</summary>
public sealed class SerializerFixture : IDisposable
{
    public ActorSystem System { get; } = ActorSystem.Create("contracts", ActorSystemSetup.Create(OptimizeSerializer.Setup));

    public OptimizeSerializer Serializer => (OptimizeSerializer)System.Serialization.FindSerializerForType(EveryEvent.Types[0]);

    public void Dispose() => System.Dispose();
}
