namespace Milvus.Optimize.Management.Security;

/// <summary>Keeps who changed something, and who was refused.</summary>
public interface IAuditLog
{
    void Write(AuditEntry entry);
}

/// <summary>One call. It holds no key, no header and no body.</summary>
/// <param name="Caller">Key's name and id, <c>local socket</c>, or <c>-</c> for a caller without a valid key.</param>
/// <param name="Remote">Address that it came from; null over the Unix socket.</param>
/// <param name="Path">At most 300 characters, without the query.</param>
/// <param name="Target">The run or collection that it was about, where that is known.</param>
/// <param name="Reason">As the caller gave it.</param>
/// <param name="Status">What was answered; 499 with the code <c>outcome-unknown</c> where the caller hung up before that, and it may or may not have been done.</param>
/// <param name="Code">Of the problem, where it was one.</param>
public sealed record AuditEntry(
    DateTimeOffset At, string Caller, string? Remote, string Operation, string Method, string Path, string? Target, string? Reason, int Status, string? Code)
{
    /// <summary>Calls without a valid key that were refused since the last entry and not written: a flood must not fill the disk.</summary>
    public int Unwritten { get; init; }
}
