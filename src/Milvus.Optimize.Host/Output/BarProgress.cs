using Milvus.Optimize.Contracts.Runs;
using Spectre.Console;

namespace Milvus.Optimize.Host.Output;

/// <summary>Stage lines, and below them the present stage with a bar.</summary>
internal sealed class BarProgress(IAnsiConsole console) : IProgressView
{
    public Task<T> FollowAsync<T>(Func<Action<RunDocument>, Task<T>> watch)
    {
        var lines = new StageLines();
        var progress = console.Progress().AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn());
        return progress.StartAsync(context =>
        {
            var bar = context.AddTask("starting");
            bar.IsIndeterminate = true;
            return watch(run =>
            {
                foreach (var line in lines.Next(run)) console.WriteLine(line);
                bar.Description = Markup.Escape(run.StateMessage);
                bar.IsIndeterminate = run.Progress.Percent is null;
                bar.Value = run.Progress.Percent ?? 0;
            });
        });
    }
}
