using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Contracts;

/// <summary>
/// Asks again what nobody could take or answer just now: a node that stops, a journal that is away, a collection between two incarnations. Only what is safe
/// to repeat is asked through it: reads, and starts with their key.
/// </summary>
internal static class Patience
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <param name="limit">From the first refusal on; then the last refusal is thrown.</param>
    /// <exception cref="OptimizeProblemException">It cannot pass by itself, or it did not within the limit.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long? since = null;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ask();
            }
            catch (OptimizeProblemException e) when (MayPass(e.Problem) && (since is null || time.GetElapsedTime(since.Value) < limit))
            {
                since ??= time.GetTimestamp();
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static bool MayPass(OptimizeProblem problem) => problem is { Retryable: true, Code: OptimizeProblem.Unavailable or OptimizeProblem.OutcomeUnknown };
}
