namespace Milvus.Optimize.Core.Runs;

/// <summary>A value given by the caller is malformed: a bad name or size. Thrown before any call is made.</summary>
public sealed class ParamException(string message) : ArgumentException(message);
