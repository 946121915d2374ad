using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.Routes;

/// <summary>What the node says of itself, and the pages of the problems. None of it needs a key: it says nothing of any run.</summary>
internal static class NodeRoutes
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(3);

    public static Task HealthAsync(RouteCall call) => Answers.WriteAsync(call.Context, 200, new HealthDocument("ok"));

    /// <summary>Ready to own collections: the journal is there. A Milvus that is down does not make a healthy node unready.</summary>
    public static async Task ReadyAsync(RouteCall call)
    {
        var status = NodeStatus.Well;
        if (call.Context.RequestServices.GetService<IOptimizeNode>() is { } node)
        {
            try
            {
                status = await node.GetStatusAsync(call.Aborted).WaitAsync(ReadyWithin, call.Service<TimeProvider>(), call.Aborted);
            }
            catch (Exception e) when (e is TimeoutException or OptimizeProblemException)
            {
                status = new(false, "the node does not answer for itself");
            }
        }

        await Answers.WriteAsync(call.Context, status.Ready ? 200 : 503, new HealthDocument(status.Ready ? "ok" : "not ready", status.Reason));
    }

    public static async Task ProblemAsync(RouteCall call)
    {
        var code = (string?)call.Request.RouteValues["code"] ?? "";
        var page = ProblemPages.Of(code) ?? throw new OptimizeProblemException(new(OptimizeProblem.NotFound, "no problem has this code"));
        call.Context.Response.ContentType = "text/markdown; charset=utf-8";
        await call.Context.Response.WriteAsync(page, call.Aborted);
    }
}
