using Grpc.Core;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Log;

/// <summary>The log line of a call while the call is under way. It is written once, at the moment of its effect if there is one.</summary>
internal sealed class CallRecord(LogEntry entry, SimulatorLog log)
{
    private LogEntry _entry = entry;
    private bool _isWritten;

    public void Note(Func<LogEntry, LogEntry> addition)
    {
        if (!_isWritten) _entry = addition(_entry);
    }

    public void Struck(Fault fault) => Note(entry => entry with { Fault = fault.GetType().Name });

    public void Refused(MilvusRefusal refusal) => Note(entry => entry with { Code = refusal.Code, Reason = refusal.Message, Effect = false });

    public void EndedBy(Status status, bool effect) => Note(entry => entry with
    {
        Code = null,
        GrpcStatus = status.StatusCode.ToString(),
        Reason = status.Detail,
        Effect = effect,
    });

    public void Write()
    {
        if (_isWritten) return;
        _isWritten = true;
        log.Append(_entry);
    }
}
