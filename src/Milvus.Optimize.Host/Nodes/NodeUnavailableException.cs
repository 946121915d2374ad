namespace Milvus.Optimize.Host.Nodes;

/// <summary>A node holds the state folder and does not answer, or holds it where none may.</summary>
internal sealed class NodeUnavailableException(string message) : Exception(message);
