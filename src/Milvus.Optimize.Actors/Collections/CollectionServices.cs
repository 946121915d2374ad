using Akka.Actor;
using Milvus.Optimize.Actors.Supervision;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>What every collection's actor of a node shares.</summary>
internal sealed record CollectionServices(
    OptimizeOptions Options, MilvusClusters Clusters, IRunTable Table, ReadBudgets Reads, StartPace Pace, IActorRef Outbox, IJournalFaults? Faults, TimeProvider Time, Random Random, string Node, SelfFence Fence);
