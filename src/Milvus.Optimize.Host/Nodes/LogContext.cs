using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>What a line of a log belongs to, such as its run and collection.</summary>
internal static class LogContext
{
    // Akka hands its loggers' context over as properties of the line, beside those that the text has.
    private static readonly string[] OfActors = ["RunId", "Collection"];

    /// <summary>The text, and behind it such as <c> [Collection=c1.4601, RunId=...]</c>: each name once, the innermost value, and none that the text has as it is.</summary>
    public static string With<TState>(string text, TState state, IExternalScopeProvider? scopes)
    {
        var around = new Dictionary<string, object?>();
        scopes?.ForEachScope(static (scope, seen) => Add(scope, seen, name => name != "{OriginalFormat}"), around);
        Add(state, around, OfActors.Contains);
        var missing = around.Select(a => $"{a.Key}={a.Value}").Where(a => !text.Contains(a, StringComparison.Ordinal)).ToList();
        return missing.Count == 0 ? text : $"{text} [{string.Join(", ", missing)}]";
    }

    private static void Add(object? scope, Dictionary<string, object?> around, Func<string, bool> isWanted)
    {
        if (scope is not IEnumerable<KeyValuePair<string, object?>> pairs) return;
        foreach (var (name, value) in pairs)
            if (isWanted(name)) around[name] = value;
    }
}
