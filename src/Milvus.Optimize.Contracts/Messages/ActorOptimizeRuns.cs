using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Contracts.Messages;

/// <summary>The operations on runs, by messages to a supervisor: this node's, or that of any node that runs collections. An Ask bounds one hop, never the job.</summary>
internal sealed class ActorOptimizeRuns(Func<CancellationToken, Task<IActorRef>> supervisor, IRunTable table) : IOptimizeRuns
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReadAnswer = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    // Resolving a name may go through all of the gateway's retries.
    private static readonly TimeSpan StartAnswer = TimeSpan.FromSeconds(90);

    /// <inheritdoc/>
    public async Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        if (request.Key.Length is 0 or > 200) throw Problem(OptimizeProblem.InvalidArgument, "the key must have 1 to 200 characters");
        var reply = await Ask(new StartRun(request with { TraceParent = request.TraceParent ?? Activity.Current?.Id }), StartAnswer, cancellationToken);
        return new(reply.Run, reply.Joined);
    }

    /// <inheritdoc/>
    public async Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken)
    {
        var stored = await Read(t => t.FindAsync(run, cancellationToken));
        if (stored is { Done: true }) return stored;
        var bounded = wait < LongestWait ? wait : LongestWait;
        object answer;
        try
        {
            answer = await AskAny(new GetRun(run, sinceRevision, bounded), (stored is null ? Answer : ReadAnswer) + bounded, cancellationToken);
        }
        catch (OptimizeProblemException e) when (stored is not null && e.Problem.Code == OptimizeProblem.OutcomeUnknown)
        {
            return stored with { StateReason = "OwnerUnreachable", StateMessage = "the node that owns this collection does not answer; this is the last that was stored" };
        }

        return answer switch
        {
            RunReply reply => reply.Run,
            NotAwake { Reason: { } why } when stored is not null => stored with { StateReason = why.Reason, StateMessage = why.Message },
            NotAwake { Reason: { } why } => throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, why.Message, Retryable: true)),
            NotAwake when stored is not null => stored,
            NotAwake => throw Problem(OptimizeProblem.NotFound, $"there is no run {run}"),
            _ => throw Unexpected(answer),
        };
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => Read(t => t.ListAsync(query, cancellationToken));

    /// <inheritdoc/>
    public async Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        (await Ask(new CancelRun(run, reason), Answer, cancellationToken)).Run;

    /// <inheritdoc/>
    public async Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) =>
        (await Ask(new AbandonRun(run, reason, freeLane), Answer, cancellationToken)).Run;

    /// <inheritdoc/>
    public async Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) =>
        (await Ask(new RetryRun(run, reason), Answer, cancellationToken)).Run;

    private async Task<T> Read<T>(Func<IRunTable, Task<T>> read)
    {
        try
        {
            return await read(table);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OptimizeProblemException(new(OptimizeProblem.Unavailable, $"the run table cannot be read: {SafeReason.Of(e)}; check the database and ask again", Retryable: true), e);
        }
    }

    private async Task<RunReply> Ask(object message, TimeSpan timeout, CancellationToken cancellationToken) =>
        await AskAny(message, timeout, cancellationToken) as RunReply ?? throw Problem(OptimizeProblem.Unavailable, "no reply was understood");

    private async Task<object> AskAny(object message, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var actor = await supervisor(cancellationToken);
            var answer = await actor.Ask<object>(message, timeout, cancellationToken);
            return answer is Refused refused ? throw new OptimizeProblemException(refused.Problem) : answer;
        }
        catch (AskTimeoutException)
        {
            throw new OptimizeProblemException(new(OptimizeProblem.OutcomeUnknown, $"no answer within {timeout}; ask again with the same key", Retryable: true));
        }
    }

    private static OptimizeProblemException Problem(string code, string detail) => new(new(code, detail));

    private static OptimizeProblemException Unexpected(object answer) => Problem(OptimizeProblem.Unavailable, $"unexpected reply {answer.GetType().Name}");
}
