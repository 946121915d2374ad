using Akka.Event;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// Akka falls back to standard output when its loggers have stopped, at its ordinary level: a late line would stand behind the command's own answer, which
/// may be JSON for a script.
/// </summary>
public sealed class SilentLogger : MinimalLogger
{
    protected override void Log(object message) { }
}
