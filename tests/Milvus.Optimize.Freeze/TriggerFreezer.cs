using System.Diagnostics.Tracing;
using System.Runtime.InteropServices;

namespace Milvus.Optimize.Freeze;

/// <summary>
/// Stops its own process at a named point of a trigger's call: the file of that name in the folder arms it, and whoever takes the file away freezes, so that
/// of several nodes one does. The points are events that HttpClient itself raises, on the thread that goes on with the call.
/// </summary>
public sealed partial class TriggerFreezer(string folder) : EventListener
{
    /// <summary>The environment variable with the folder.</summary>
    public const string Variable = "MILVUS_OPTIMIZE_TEST_FREEZE";

    /// <summary>The connection is up and has just answered; of the call nothing is written.</summary>
    public const string AfterConnect = "RequestStart";

    /// <summary>The headers are written, the request's content has not been asked for.</summary>
    public const string AfterHeaders = "RequestHeadersStop";

    /// <summary>The content is about to be asked for its bytes, and looks at the clock next.</summary>
    public const string BeforeMessage = "RequestContentStart";

    private const int SignalStop = 19;
    private readonly AsyncLocal<bool> _inTrigger = new();

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Net.Http") EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName == AfterConnect) _inTrigger.Value = eventData.Payload?[3] is string path && path.EndsWith("/ManualCompaction", StringComparison.Ordinal);
        if (_inTrigger.Value && eventData.EventName is AfterConnect or AfterHeaders or BeforeMessage && IsArmed(eventData.EventName)) Freeze();
    }

    private bool IsArmed(string point)
    {
        try
        {
            File.Move(Path.Combine(folder, point), Path.Combine(folder, $"frozen-{Environment.ProcessId}"));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A signal to the process could be taken by another thread while this one goes on: this thread it is, and it stops the others too.
    private static void Freeze() => _ = Signal(Environment.ProcessId, ThreadId(), SignalStop);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int Signal(int process, int thread, int signal);
}
