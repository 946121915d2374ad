namespace Milvus.Optimize.Client;

/// <summary>
/// Nobody answered, or the connection broke before the answer was whole. What was asked may have been done: ask again, with the same key.
/// </summary>
public sealed class NodeUnreachableException(string message, Exception inner) : Exception(message, inner);
