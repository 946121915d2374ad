namespace Milvus.Optimize.Gateway.Tests;

/// <summary>A message that reached the server whole.</summary>
internal sealed record SeenCall(string Method, IReadOnlyDictionary<string, string> Headers, byte[] Message);
