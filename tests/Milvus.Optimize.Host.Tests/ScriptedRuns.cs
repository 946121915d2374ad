using System.Collections.Concurrent;
using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Answers as a test says, and remembers what it was asked. Also the node and the run table around it.</summary>
internal sealed class ScriptedRuns : IOptimizeRuns, IOptimizeNode, IRunTable
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public StartRequest? Started { get; private set; }

    public RunQuery? Listed { get; private set; }

    public bool Joined { get; set; }

    public int Running { get; set; }

    /// <summary>What lists are cut from, newest first; null lists <see cref="Now"/>.</summary>
    public IReadOnlyList<RunDocument>? Page { get; set; }

    /// <summary>The table has a run that the count does not know.</summary>
    public bool Unfinished { get; set; }

    /// <summary>What a start returns.</summary>
    public RunDocument Now { get; set; } = Documents.Running();

    /// <summary>What each get returns, in order; the last one for good.</summary>
    public ConcurrentQueue<RunDocument> Next { get; } = [];

    public OptimizeProblem? Problem { get; set; }

    /// <summary>Of starts and verbs alone: who only looks gets an answer.</summary>
    public OptimizeProblem? VerbProblem { get; set; }

    public Exception? Failure { get; set; }

    /// <summary>Of gets alone.</summary>
    public Exception? LookFailure { get; set; }

    /// <summary>Completes when a get is under way that will not answer.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool Hangs { get; set; }

    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        Answer("start");
        if (VerbProblem is { } refused) throw new OptimizeProblemException(refused);
        Started = request;
        return Task.FromResult(new StartedRun(Now, Joined));
    }

    public async Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken)
    {
        Answer($"get {run} {sinceRevision} {wait.TotalSeconds}");
        if (LookFailure is { } failure) throw failure;
        if (Hangs && wait > TimeSpan.Zero)
        {
            Hanging.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        return Next.Count > 1 && Next.TryDequeue(out var next) ? next : Next.TryPeek(out var last) ? last : Now;
    }

    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        // What a node asks before it ends.
        if (Page is { } page) return Task.FromResult<ImmutableArray<RunDocument>>([.. page.Where(r => query.Before is not { } b || string.CompareOrdinal(r.Id, b.RunId) < 0).Take(query.Limit)]);
        if (query == new RunQuery(Done: false, Limit: 500)) return Task.FromResult<ImmutableArray<RunDocument>>(Unfinished ? [Now] : []);
        Answer("list");
        Listed = query;
        return Task.FromResult<ImmutableArray<RunDocument>>([Now]);
    }

    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken) => Verb($"cancel {reason}");

    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) => Verb($"abandon {reason} {freeLane}");

    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) => Verb($"retry {reason}");

    public Task WakeAsync(CancellationToken cancellationToken)
    {
        Calls.Enqueue("wake");
        return Task.CompletedTask;
    }

    public Task WakeAsync(CollectionKey collection, CancellationToken cancellationToken)
    {
        Calls.Enqueue("wake one");
        return Task.CompletedTask;
    }

    public Task<int> CountRunningAsync(CancellationToken cancellationToken) => Task.FromResult(Running);

    public NodeStatus Status { get; set; } = NodeStatus.Well;

    public Task<NodeStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(Status);

    public Task UpsertAsync(RunRow row, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<RunDocument?> FindAsync(RunId run, CancellationToken cancellationToken)
    {
        Calls.Enqueue("find");
        return Task.FromResult<RunDocument?>(Now.Id == run.ToString() ? Now : null);
    }

    public Task<ImmutableArray<CollectionKey>> UnfinishedAsync(CancellationToken cancellationToken) => Task.FromResult<ImmutableArray<CollectionKey>>([]);

    private Task<RunDocument> Verb(string call)
    {
        Answer(call);
        return VerbProblem is { } refused ? throw new OptimizeProblemException(refused) : Task.FromResult(Now);
    }

    private void Answer(string call)
    {
        Calls.Enqueue(call);
        if (Failure is not null) throw Failure;
        if (Problem is not null) throw new OptimizeProblemException(Problem);
    }
}
