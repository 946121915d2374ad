using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Host.Output;

/// <summary>The run itself at every change, one a line, for programs.</summary>
internal sealed class DocumentProgress(TextWriter writer) : IProgressView
{
    public Task<T> FollowAsync<T>(Func<Action<RunDocument>, Task<T>> watch)
    {
        long? last = null;
        return watch(run =>
        {
            if (run.Revision == last) return;
            last = run.Revision;
            writer.WriteLine(JsonSerializer.Serialize(run, RunDocuments.Json));
            writer.Flush();
        });
    }
}
