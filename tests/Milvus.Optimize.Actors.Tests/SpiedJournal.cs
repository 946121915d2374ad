using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>The journal of production with a <see cref="JournalSpy"/> before and after every write.</summary>
internal sealed class SpiedJournal(Config config) : SqlWriteJournal(config)
{
    private readonly ActorSystem _system = Context.System;
    private readonly JournalSpy _spy = Context.System.Settings.Setup.Get<SpySetup>().Value.Spy;

    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        var events = writes.SelectMany(w => (IImmutableList<IPersistentRepresentation>)w.Payload).Select(p => p.Payload).OfType<OptimizeEvent>().ToList();
        await _spy.BeforeAsync(events);
        var replaced = writes.Select(w => new AtomicWrite(((IImmutableList<IPersistentRepresentation>)w.Payload).Select(_spy.Replace).ToImmutableList()));
        var result = await base.WriteMessagesAsync(replaced, cancellationToken);
        await _spy.StoredAsync(events, _system);
        return result;
    }
}
