namespace Milvus.Optimize.Host.Output;

/// <summary>What a person is told of an exception that was written for programmers.</summary>
internal static class Plain
{
    /// <summary>.NET names the parameter behind the sentence; a person at a command has none of that name.</summary>
    public static string Text(ArgumentException e) => e.ParamName is { } name ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : e.Message;
}
