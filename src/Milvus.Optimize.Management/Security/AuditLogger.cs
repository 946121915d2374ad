using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Management.Security;

/// <summary>The audit log of a host that keeps none of its own: its ordinary log.</summary>
internal sealed class AuditLogger(ILogger<AuditLogger> log) : IAuditLog
{
    public void Write(AuditEntry entry) => log.LogInformation(
        "{Caller} from {Remote}: {Operation} on {Target} answered {Status} {Code}; reason: {Reason}",
        entry.Caller, entry.Remote, entry.Operation, entry.Target, entry.Status, entry.Code, entry.Reason);
}
