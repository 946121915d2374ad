using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Output;

/// <summary>Plain lines, for logs and pipes.</summary>
internal sealed class LineProgress(TextWriter writer) : IProgressView
{
    public Task<T> FollowAsync<T>(Func<Action<RunDocument>, Task<T>> watch)
    {
        var lines = new StageLines();
        return watch(run =>
        {
            foreach (var line in lines.Next(run)) writer.WriteLine(line);
        });
    }
}
