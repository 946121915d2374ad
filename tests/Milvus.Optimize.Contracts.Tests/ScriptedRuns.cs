using System.Collections.Immutable;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>Answers each GetAsync with the next document of its script; when there is none left, it never answers.</summary>
internal sealed class ScriptedRuns(params RunDocument[] script) : IOptimizeRuns
{
    private readonly Queue<RunDocument> _script = new(script);

    public List<string> Calls { get; } = [];

    public List<StartRequest> Started { get; } = [];

    /// <summary>Set when the script is used up and somebody waits.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<StartedRun> StartAsync(StartRequest request, CancellationToken cancellationToken)
    {
        Calls.Add("start");
        Started.Add(request);
        return Task.FromResult(new StartedRun(script[0], false));
    }

    public async Task<RunDocument> GetAsync(RunId run, long sinceRevision, TimeSpan wait, CancellationToken cancellationToken)
    {
        Calls.Add($"get since {sinceRevision} wait {wait.TotalSeconds}");
        if (_script.TryDequeue(out var next)) return next;
        Waiting.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new InvalidOperationException("an endless wait has ended");
    }

    public Task<RunDocument> CancelAsync(RunId run, string reason, CancellationToken cancellationToken)
    {
        Calls.Add($"cancel {reason}");
        return Task.FromResult(script[0]);
    }

    public Task<ImmutableArray<RunDocument>> ListAsync(RunQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunDocument> AbandonAsync(RunId run, string reason, bool freeLane, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<RunDocument> RetryAsync(RunId run, string reason, CancellationToken cancellationToken) => throw new NotSupportedException();
}
