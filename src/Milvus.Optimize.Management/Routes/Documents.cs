namespace Milvus.Optimize.Management.Routes;

/// <summary>Answer of <c>/healthz</c> and <c>/readyz</c>.</summary>
/// <param name="Status"><c>ok</c> or <c>not ready</c>.</param>
/// <param name="Reason">A sentence for a person.</param>
internal sealed record HealthDocument(string Status, string Reason = "");
