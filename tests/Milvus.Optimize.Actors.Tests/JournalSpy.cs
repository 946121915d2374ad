using Akka.Actor;
using Akka.Persistence;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Stands between the actors of one system and its journal. What it does not override passes.</summary>
internal abstract class JournalSpy
{
    public const string Hocon = """akka.persistence.journal.milvus-optimize.class = "Milvus.Optimize.Actors.Tests.SpiedJournal, Milvus.Optimize.Actors.Tests" """;

    /// <summary>Before the write; what it throws is a failed write of which nothing is stored.</summary>
    public virtual Task BeforeAsync(IReadOnlyList<OptimizeEvent> events) => Task.CompletedTask;

    /// <summary>What is written instead; the same by default.</summary>
    public virtual IPersistentRepresentation Replace(IPersistentRepresentation written) => written;

    /// <summary>The events are stored; the writer hears of it when this ends.</summary>
    public virtual Task StoredAsync(IReadOnlyList<OptimizeEvent> events, ActorSystem system) => Task.CompletedTask;
}
