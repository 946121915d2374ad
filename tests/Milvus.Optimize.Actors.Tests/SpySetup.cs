using Akka.Actor.Setup;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>Hands a <see cref="JournalSpy"/> to the journal of one actor system.</summary>
internal sealed class SpySetup(JournalSpy spy) : Setup
{
    public JournalSpy Spy { get; } = spy;
}
