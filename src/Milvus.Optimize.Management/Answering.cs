using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management;

/// <summary>Turns whatever a handler throws into a problem.</summary>
internal static class Answering
{
    /// <returns>The problem's code; null where there was none.</returns>
    public static async Task<string?> RunAsync(HttpContext context, Func<Task> handler)
    {
        try
        {
            await handler();
            return null;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; nobody reads an answer.
            return null;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var (problem, errors) = ProblemOf(context, e);
            // Who was refused at the gate is told nothing of a run.
            var facts = e is RefusedException refused ? refused.Facts : await ProblemFacts.OfAsync(context, problem);
            await Answers.ProblemAsync(context, problem, errors, facts);
            return problem.Code;
        }
    }

    private static (OptimizeProblem Problem, IReadOnlyList<Client.Wire.FieldError>? Errors) ProblemOf(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case OptimizeProblemException e:
                return (e.Problem, null);
            case RefusedException e:
                return (e.Problem, null);
            case RequestException e:
                return (new(OptimizeProblem.InvalidArgument, e.Message), e.Errors);
            case BadHttpRequestException e:
                return (new(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ProblemStatus.PayloadTooLarge : OptimizeProblem.InvalidArgument, e.Message), null);
            default:
                var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OptimizeRoutes));
                log.LogError(exception, "{Method} {Path} failed, trace {TraceId}: this is a bug", context.Request.Method, context.Request.Path, Answers.TraceId(context));
                return (new(ProblemStatus.Internal, "the node could not carry this out, and its log says why under this traceId", true), null);
        }
    }
}
