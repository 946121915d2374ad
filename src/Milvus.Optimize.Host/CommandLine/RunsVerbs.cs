using System.Collections.Immutable;
using System.CommandLine;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>runs list|get|watch|timeline|report|cancel|abandon|retry|rebuild</c>.</summary>
internal static class RunsVerbs
{
    public static Command Create(CommandEnvironment environment) => new("runs", "Runs: list, look at, watch, and what became of them.")
    {
        List(environment), Get(environment), WatchVerb.Create(environment), Timeline(environment), Report(environment),
        ControlVerbs.Cancel(environment), ControlVerbs.Abandon(environment), ControlVerbs.Retry(environment), RebuildVerb.Create(environment),
    };

    private static Command List(CommandEnvironment environment)
    {
        var cluster = Filter("--cluster", "Only of this Milvus cluster.", "NAME", text => new ClusterName(text).Value);
        var database = Filter("--database", "Only of this database.", "DB", MilvusNames.Database);
        var collection = Filter("--collection", "Only of this collection, or of those that a pattern with * and ? fits.", "NAME", PatternOf);
        var state = Filter("--run-state", "Only those in this state, such as Failed or WaitingForCompaction.", "STATE", StateOf);
        var live = new Option<bool>("--live") { Description = "Only those that have not ended." };
        var done = new Option<bool>("--done") { Description = "Only those that have ended." };
        var since = SharedOptions.Duration("--since", "Only those that were started within this time, such as 7d.", null);
        var (pages, output, place) = (new RunListing(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("list", "List runs, newest first.") { cluster, database, collection, state, live, done, since };
        pages.AddTo(command);
        command.Options.Add(output);
        command.Validators.Add(r =>
        {
            if (r.GetValue(live) && r.GetValue(done)) r.AddError("give --live or --done, not both");
        });
        place.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            bool? isDone = parsed.GetValue(live) ? false : parsed.GetValue(done) ? true : null;
            var query = new RunQuery(parsed.GetValue(cluster), parsed.GetValue(database), parsed.GetValue(collection), isDone)
            {
                State = parsed.GetValue(state),
                Since = parsed.GetResult(since) is null ? null : environment.Time.GetUtcNow() - parsed.GetValue(since),
            };
            return RunListing.ShowAsync(environment, place.Of(parsed, environment.Variable), query, pages.Limit(parsed), parsed.GetValue(output)!);
        });
        return command;
    }

    private static Command Get(CommandEnvironment environment)
    {
        var (run, output, place) = (SharedOptions.Run(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("get", "Show a run.") { run, output };
        place.AddTo(command);
        command.SetAction((parsed, _) => NodeQuestion.AskAsync(environment, place.Of(parsed, environment.Variable), async (_, runs, cancellationToken) =>
        {
            var document = await runs.GetAsync(parsed.GetRequiredValue(run), -1, TimeSpan.Zero, cancellationToken);
            environment.Terminal.Show(parsed.GetValue(output)!, document, wide => RunReport.Of(document, wide));
        }));
        return command;
    }

    private static Command Timeline(CommandEnvironment environment)
    {
        var (run, output, place) = (SharedOptions.Run(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("timeline", "List what happened to a run, event by event, from the journal.") { run, output };
        place.AddTo(command);
        command.SetAction((parsed, _) => NodeQuestion.AskAsync(environment, place.Of(parsed, environment.Variable), async (node, _, cancellationToken) =>
        {
            var all = ImmutableArray.CreateBuilder<TimelineEventDocument>();
            TimelinePage page;
            do
            {
                page = await node.Reads.TimelineAsync(parsed.GetRequiredValue(run), all.Count == 0 ? 0 : all[^1].SequenceNr, cancellationToken);
                all.AddRange(page.Events);
            }
            while (!page.Events.IsEmpty);
            environment.Terminal.ShowAll(parsed.GetValue(output)!, all, wide => TimelineText.Of(all, wide));
        }));
        return command;
    }

    private static Command Report(CommandEnvironment environment)
    {
        var (run, output, place) = (SharedOptions.Run(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("report", "Tell what a run found, did and left: as Markdown for a ticket, or as JSON.") { run, output };
        place.AddTo(command);
        command.SetAction((parsed, _) => NodeQuestion.AskAsync(environment, place.Of(parsed, environment.Variable), async (node, _, cancellationToken) =>
        {
            var report = await node.Reads.ReportAsync(parsed.GetRequiredValue(run), cancellationToken);
            environment.Terminal.Show(parsed.GetValue(output)!, report, _ => ReportMarkdown.Of(report));
        }));
        return command;
    }

    private static Option<string?> Filter(string name, string description, string helpName, Func<string, string> read) =>
        new(name) { Description = description, HelpName = helpName, CustomParser = r => SharedOptions.Read(r, read) };

    /// <summary>A collection's name, or a pattern.</summary>
    public static string PatternOf(string text) => text.AsSpan().ContainsAny('*', '?') && CollectionScope.IsPattern(text) ? text : MilvusNames.Collection(text);

    private static string StateOf(string text) =>
        text.Length is >= 1 and <= 40 && text.All(char.IsAsciiLetter) ? text : throw new ParamException($"'{text}' is no state such as Failed");
}
