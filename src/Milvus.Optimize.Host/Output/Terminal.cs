using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Spectre.Console;

namespace Milvus.Optimize.Host.Output;

/// <summary>Where a command writes: its answer to <see cref="Out"/>, everything that is said on the way to <see cref="Error"/>.</summary>
/// <param name="IsInteractive">A person looks at <paramref name="Out"/>.</param>
/// <param name="CanAsk">A person can answer.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive, bool CanAsk)
{
    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected && !Console.IsErrorRedirected, !Console.IsInputRedirected && !Console.IsErrorRedirected);

    /// <summary>One plain line beside the answer.</summary>
    public void Note(string line) => Error.WriteLine(line);

    /// <summary>The answer: the document alone, or the text for a person.</summary>
    public void Report<T>(bool json, T document, string text)
    {
        if (json) Out.WriteLine(JsonSerializer.Serialize(document, RunDocuments.IndentedJson));
        else Out.Write(text);
    }

    /// <summary>One document in the format that was asked for.</summary>
    /// <param name="text">Gets whether it may be wide.</param>
    public void Show<T>(string format, T document, Func<bool, string> text)
    {
        if (format == "jsonl") Out.WriteLine(JsonSerializer.Serialize(document, RunDocuments.Json));
        else Report(format == "json", document, format == "json" ? "" : text(format == "wide"));
    }

    /// <summary>A list of documents: a JSON array, a document a line, or a text.</summary>
    public void ShowAll<T>(string format, IReadOnlyCollection<T> documents, Func<bool, string> text)
    {
        if (format != "jsonl")
        {
            Show(format, documents, text);
            return;
        }

        foreach (var document in documents) Out.WriteLine(JsonSerializer.Serialize(document, RunDocuments.Json));
    }

    /// <summary>A bar where a person looks, lines elsewhere; with json they leave <see cref="Out"/> to the document; with jsonl the documents are the lines.</summary>
    public IProgressView Progress(string format) => format switch
    {
        "jsonl" => new DocumentProgress(Out),
        "json" => new LineProgress(Error),
        _ when IsInteractive => new BarProgress(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out) })),
        _ => new LineProgress(Out),
    };

    /// <summary>Asks without echo.</summary>
    public string AskPassword(string user) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) })
            .Prompt(new TextPrompt<string>($"password of {Markup.Escape(user)}:") { IsSecret = true, Mask = null });
}
