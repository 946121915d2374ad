namespace Milvus.Optimize.Contracts.Runs;

/// <summary>Whether the journal's database would take a write now, asked without one. Whoever brings the journal may bring this too.</summary>
public interface IJournalProbe
{
    /// <summary>Null where it would; else why not, as a sentence. Never throws but for the token.</summary>
    Task<string?> WhyNotAsync(CancellationToken cancellationToken);
}
