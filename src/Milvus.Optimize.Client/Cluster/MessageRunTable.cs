using System.Collections.Immutable;
using Akka.Actor;
using Milvus.Optimize.Contracts.Messages;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Client.Cluster;

/// <summary>The run table as the nodes that have it tell it, in messages whose size does not grow with a list.</summary>
internal sealed class MessageRunTable(Func<CancellationToken, Task<IActorRef>> nodes) : IRunTable
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public Task UpsertAsync(RunRow row, CancellationToken cancellationToken) => throw OfNodes();

    /// <inheritdoc/>
    public async Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken) => await AskAsync(new FindRun(run), cancellationToken) switch
    {
        RunReply reply => reply.Run,
        Refused { Problem.Code: OptimizeProblem.NotFound } => null,
        Refused refused => throw new OptimizeProblemException(refused.Problem),
        var other => throw new InvalidOperationException($"unexpected reply {other.GetType().Name}"),
    };

    /// <inheritdoc/>
    public async Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(new ListRuns(query), cancellationToken);
        if (answer is Refused refused) throw new OptimizeProblemException(refused.Problem);
        var documents = ImmutableArray.CreateBuilder<RunDocument>();
        foreach (var run in ((RunIds)answer).Runs)
            // A node of an older version does not know of scopes: what the caller may not see is held back here too.
            if (await FindAsync(run, cancellationToken) is { } document && query.Within?.Covers(document.Cluster, document.Database, document.Collection) != false) documents.Add(document);
        return documents.ToImmutable();
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken) => throw OfNodes();

    private static NotSupportedException OfNodes() => new("only nodes that run collections do this");

    private async Task<object> AskAsync(object message, CancellationToken cancellationToken) =>
        await (await nodes(cancellationToken)).Ask<object>(message, Answer, cancellationToken);
}
