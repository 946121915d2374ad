using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>
/// Runs in a list of any length: <c>--limit</c> and <c>--all</c>, page by page. Whoever gets fewer than there are is told. A node that goes away between two
/// pages is followed by another one, so that no line comes twice.
/// </summary>
internal sealed class RunListing
{
    public const int Default = 50;
    private const int MaxPage = 500;

    private readonly Option<int> _limit = new("--limit")
    {
        Description = "How many at most, the newest first. Default 50.",
        HelpName = "N",
        DefaultValueFactory = _ => Default,
        CustomParser = r => SharedOptions.Read(r, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1
            ? limit
            : throw new ParamException($"--limit {text} is no number from 1")),
    };

    private readonly Option<bool> _all = new("--all") { Description = "All of them, however many there are." };

    public void AddTo(Command command)
    {
        command.Options.Add(_limit);
        command.Options.Add(_all);
        command.Validators.Add(r =>
        {
            if (r.GetValue(_all) && r.GetResult(_limit) is { Implicit: false }) r.AddError("give --limit or --all, not both");
        });
    }

    /// <summary>Null for all.</summary>
    public int? Limit(ParseResult parsed) => parsed.GetValue(_all) ? null : parsed.GetValue(_limit);

    /// <param name="environment">Of the command.</param>
    /// <param name="place">Whose runs.</param>
    /// <param name="query">Its limit does not count.</param>
    /// <param name="limit">How many at most; null for all.</param>
    /// <param name="format">Of the answer. Of jsonl the lines come with each page.</param>
    public static async Task<int> ShowAsync(CommandEnvironment environment, NodePlace place, RunQuery query, int? limit, string format)
    {
        await using var access = environment.Access(place);
        var (all, shown, terminal) = (ImmutableArray.CreateBuilder<RunDocument>(), 0, environment.Terminal);
        RunPage? page = null;
        bool more;
        do
        {
            var left = limit - shown;
            page = await NextAsync(access, query with { Limit = Math.Min(left ?? MaxPage, MaxPage) }, page, environment.Interruption.Either);
            shown += page.Runs.Length;
            if (format == "jsonl") terminal.ShowAll(format, page.Runs, _ => "");
            else all.AddRange(page.Runs);
            more = page.NextPageToken is not null;
        }
        while (more && (limit is null || shown < limit));
        if (format != "jsonl") terminal.ShowAll(format, all, wide => RunList.Of(all.ToImmutable(), wide));

        // A page that is just full may be the last.
        if (more && !(await NextAsync(access, query with { Limit = 1 }, page, environment.Interruption.Either)).Runs.IsEmpty)
            terminal.Note($"these are the newest {shown}: there are more, by milvus-optimize runs list --limit N or --all");
        return ExitCode.Done;
    }

    private static Task<RunPage> NextAsync(INodeAccess access, RunQuery query, RunPage? before, CancellationToken stop) =>
        access.AskAsync(node => node.Reads.RunsAsync(query, before, stop), stop);
}
