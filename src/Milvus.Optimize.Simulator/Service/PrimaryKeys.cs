using System.Text.RegularExpressions;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>What requests say of primary keys: they are counted and given back, and not kept.</summary>
internal static partial class PrimaryKeys
{
    /// <summary>Of written rows: what the caller sent, or what the server makes; null when there is neither.</summary>
    public static IDs? Written(Collection collection, IEnumerable<FieldData> fields, int rows, Func<long> newId)
    {
        if (collection.PrimaryKey is not { } key) return null;
        if (key.AutoID) return new IDs { IntId = new LongArray { Data = { Enumerable.Range(0, rows).Select(_ => newId()) } } };
        return fields.FirstOrDefault(field => field.FieldName == key.Name)?.Scalars switch
        {
            { LongData: { } numbers } => new IDs { IntId = numbers.Clone() },
            { StringData: { } texts } => new IDs { StrId = texts.Clone() },
            _ => null,
        };
    }

    /// <summary>How many keys "key in [...]" or "key == ..." names, twice named ones twice as the server does; null for any other expression.</summary>
    public static int? Named(Collection collection, string expression)
    {
        var match = List().Match(expression) is { Success: true } list ? list : Single().Match(expression);
        if (!match.Success) return null;
        var field = match.Groups["field"].Value;
        if (collection.PrimaryKey?.Name == field) return Values().Count(match.Groups["values"].Value);
        return collection.Schema.Fields.Any(other => other.Name == field) ? null : throw Refusals.Unexpected($"failed to create expr plan, expr = {expression}");
    }

    private const string Value = """-?\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""";

    [GeneratedRegex($@"^\s*(?<field>\w+)\s+in\s*\[(?<values>\s*|\s*(?:{Value})\s*(?:,\s*(?:{Value})\s*)*)\]\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex List();

    [GeneratedRegex($@"^\s*(?<field>\w+)\s*==\s*(?<values>{Value})\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Single();

    [GeneratedRegex(Value)]
    private static partial Regex Values();
}
