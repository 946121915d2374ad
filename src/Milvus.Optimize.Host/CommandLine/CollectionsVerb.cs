using System.Collections.Immutable;
using System.CommandLine;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>collections</c>: with their segments and their last run; of a Milvus by its address, or of all that a node knows. It wakes nothing.</summary>
internal static class CollectionsVerb
{
    public static Command Create(CommandEnvironment environment)
    {
        var pattern = new Argument<string?>("PATTERN")
        {
            Description = "Only this collection, or those that a pattern with * and ? fits.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = r => SharedOptions.Read(r, RunsVerbs.PatternOf),
        };
        var database = new Option<string?>("--database") { Description = "Only this database. Default: all.", HelpName = "DB", CustomParser = r => SharedOptions.Read(r, MilvusNames.Database) };
        var cluster = new Option<string?>("--cluster") { Description = "Only this Milvus cluster of the node's. Default: all.", HelpName = "NAME", CustomParser = r => SharedOptions.Read(r, text => new ClusterName(text).Value) };
        var (milvus, output, place) = (new MilvusOptions(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("collections", "List collections with their segment counts and their last run.") { pattern, database, cluster, output };
        milvus.AddTo(command);
        place.AddTo(command);
        command.SetAction((parsed, _) =>
        {
            var (where, given, only) = (place.Of(parsed, environment.Variable), milvus.Given(parsed), parsed.GetValue(cluster));
            var query = (parsed.GetValue(database), parsed.GetValue(pattern));
            if (where.Server is not null && MilvusOptions.IsAny(given)) throw new ParamException("--milvus and its credentials go with no server: its clusters are its own business");
            if (only is not null && given.Address is not null) throw new ParamException("give --cluster or --milvus, not both");
            var direct = where.Server is null && only is null ? Targeting.Of(given, environment.Variable, environment.Terminal.CanAsk ? environment.Terminal.AskPassword : null) : null;
            return NodeQuestion.AskAsync(environment, where, async (node, runs, stop) =>
            {
                var all = direct is { Simulator: false }
                    ? await OfMilvusAsync(direct, query, runs, environment.Time, stop)
                    : await OfNodeAsync(environment, node, only, query, stop);
                environment.Terminal.ShowAll(parsed.GetValue(output)!, all, wide => CollectionList.Of(all, wide));
            });
        });
        return command;
    }

    private static async Task<ImmutableArray<CollectionDocument>> OfNodeAsync(
        CommandEnvironment environment, INodeConnection node, string? only, (string? Database, string? Pattern) query, CancellationToken stop)
    {
        if (node is OwnNode own) await own.ConnectAllAsync(stop);
        var clusters = (await node.Reads.ClustersAsync(stop)).Where(c => only is null || c.Name == only).ToArray();
        if (only is not null && clusters.Length == 0) throw new OptimizeProblemException(new(OptimizeProblem.ClusterNotConfigured, $"the node knows no cluster '{only}'"));
        if (clusters.Length == 0) environment.Terminal.Note("the node knows no Milvus yet: give --milvus or set MILVUS_URI, or optimize a collection first");
        var all = ImmutableArray.CreateBuilder<CollectionDocument>();
        foreach (var cluster in clusters)
        {
            if (cluster.Held) environment.Terminal.Note($"{cluster.Name} is held: {cluster.Reason}");
            else all.AddRange(await node.Reads.CollectionsAsync(new(cluster.Name), query.Database, query.Pattern, stop));
        }

        return all.ToImmutable();
    }

    private static async Task<ImmutableArray<CollectionDocument>> OfMilvusAsync(
        RunTarget target, (string? Database, string? Pattern) query, IOptimizeRuns runs, TimeProvider time, CancellationToken stop)
    {
        var cluster = ClusterName.FromAddress(MilvusAddress.Parse(target.Address!));
        await using var gateway = new MilvusGateway(Targeting.Connection(target), time);
        var found = await MilvusAnswer.OfAsync(target, () => gateway.ListCollectionsAsync(query.Database, stop))
            ?? throw new OptimizeProblemException(new(OptimizeProblem.RejectedByServer, $"{target.Address} does not list its collections"));
        var all = ImmutableArray.CreateBuilder<CollectionDocument>();
        foreach (var collection in found.Where(c => CollectionScope.Matches(query.Pattern ?? "*", c.Name)).OrderBy(c => c.Database, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal))
        {
            all.Add(await CollectionDocuments.ReadAsync(
                cluster, collection,
                async () => await MilvusAnswer.OfAsync(target, () => gateway.ListSegmentsAsync(collection, stop)) is { } segments ? SegmentTotalsDocument.Of(segments) : null,
                runs, stop));
        }

        return all.ToImmutable();
    }
}
