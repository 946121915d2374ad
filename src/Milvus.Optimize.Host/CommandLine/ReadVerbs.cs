using System.Collections.Immutable;
using System.CommandLine;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>status</c> and <c>history</c>: they wake nothing.</summary>
internal static class ReadVerbs
{
    public static Command Status(CommandEnvironment environment)
    {
        var what = new Argument<string?>("RUN|COLLECTION")
        {
            Description = "A run id, or a collection for its newest run. Without it: the newest runs of all.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = r => SharedOptions.Read(r, RunOrCollection),
        };
        var (output, place) = (SharedOptions.Format(), new PlaceOptions());
        var command = new Command("status", "Show a run, a collection's newest run, or the newest runs of all.") { what, output };
        place.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var (where, format) = (place.Of(parsed, environment.Variable), parsed.GetValue(output)!);
            return parsed.GetValue(what) is { } asked
                ? NodeQuestion.AskAsync(environment, where, (_, runs, cancellationToken) => StatusAsync(environment.Terminal, runs, asked, format, cancellationToken))
                : RunListing.ShowAsync(environment, where, new(), RunListing.Default, format);
        });
        return command;
    }

    public static Command History(CommandEnvironment environment)
    {
        var collection = new Argument<string>("COLLECTION") { Description = "The collection's name.", CustomParser = r => SharedOptions.Read(r, MilvusNames.Collection) };
        var (pages, output, place) = (new RunListing(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("history", "List a collection's runs, newest first.") { collection };
        pages.AddTo(command);
        command.Options.Add(output);
        place.AddTo(command);
        command.SetAction((parsed, _) => RunListing.ShowAsync(
            environment, place.Of(parsed, environment.Variable), new(Collection: parsed.GetValue(collection)), pages.Limit(parsed), parsed.GetValue(output)!));
        return command;
    }

    private static async Task StatusAsync(Terminal terminal, IOptimizeRuns runs, string what, string format, CancellationToken cancellationToken)
    {
        var run = RunId.LooksLike(what)
            ? await runs.GetAsync(RunId.Parse(what), -1, TimeSpan.Zero, cancellationToken)
            : Newest(await runs.ListAsync(new(Collection: what, Limit: 1), cancellationToken), what);
        terminal.Show(format, run, wide => RunReport.Of(run, wide));
    }

    private static RunDocument Newest(ImmutableArray<RunDocument> runs, string collection) => runs.IsEmpty
        ? throw new OptimizeProblemException(new(OptimizeProblem.NotFound, $"no run on '{collection}' is known here: start one with milvus-optimize optimize {collection}"))
        : runs[0];

    private static string RunOrCollection(string text)
    {
        if (RunId.LooksLike(text)) return text;
        return text.Contains('.', StringComparison.Ordinal) ? RunId.Parse(text).ToString() : MilvusNames.Collection(text);
    }
}
