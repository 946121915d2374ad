using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Output;

/// <summary>Shows a run while a command waits for it.</summary>
internal interface IProgressView
{
    /// <summary>Calls <paramref name="watch"/> with what it is to call at every change.</summary>
    Task<T> FollowAsync<T>(Func<Action<RunDocument>, Task<T>> watch);
}
