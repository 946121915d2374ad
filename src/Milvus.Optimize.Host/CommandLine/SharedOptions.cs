using System.CommandLine;
using System.CommandLine.Parsing;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Options that several verbs have, and how values are read: what is malformed is a parse error, before anything is opened.</summary>
internal static class SharedOptions
{
    public const string Verbose = "--verbose";

    /// <summary>What jsonl is to a verb that follows a run.</summary>
    public const string EachChange = "the run at every change, one a line, the last as it ended";

    public static Option<string?> State() => new("--state")
    {
        Description = "Folder of the journal, lock and log. Default $XDG_STATE_HOME/milvus-optimize, else ~/.local/state/milvus-optimize.",
        HelpName = "DIR",
    };

    /// <summary>Of every verb that answers with something.</summary>
    /// <param name="jsonl">What stands in one line.</param>
    public static Option<string> Format(string jsonl = "one document a line")
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = $"table; wide: with more columns; json: the document alone on standard output; jsonl: {jsonl}.",
            HelpName = "table|wide|json|jsonl",
            DefaultValueFactory = _ => "table",
        };
        return option.AcceptOnlyFromAmong("table", "wide", "json", "jsonl");
    }

    public static Argument<RunId> Run() => new("RUN") { Description = "Run id, as optimize and status print it.", CustomParser = r => Read(r, RunId.Parse) };

    public static Option<TimeSpan> Duration(string name, string description, string? defaultText) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = defaultText is null ? null : _ => Durations.TryParse(defaultText)!.Value,
        CustomParser = result =>
        {
            if (Durations.TryParse(result.Tokens[0].Value) is { } span) return span;
            result.AddError($"{name}: '{result.Tokens[0].Value}' is no duration: write 90s, 30m, 1h30m or 7d");
            return default;
        },
    };

    /// <summary>Reads a value as a value type of ours does, with its message.</summary>
    public static T? Read<T>(ArgumentResult result, Func<string, T> read)
    {
        try
        {
            return read(result.Tokens[0].Value);
        }
        catch (ParamException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
