using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management;

/// <summary>Turns whatever a handler throws into a problem.</summary>
internal static class Answering
{
    /// <summary>Of a caller who went away before the answer: no answer has it, the audit log and the metrics do.</summary>
    public const int HungUp = 499;

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
            // The caller went away; nobody reads an answer, and nobody knows how far it came.
            if (!context.Response.HasStarted) context.Response.StatusCode = HungUp;
            return OptimizeProblem.OutcomeUnknown;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var (problem, errors) = ProblemOf(context, e);
            // Who was refused at the gate is told nothing of a run.
            var facts = e is RefusedException refused ? refused.Facts : await ProblemFacts.OfAsync(context, problem);
            try
            {
                await Answers.ProblemAsync(context, problem, errors, facts);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Refused all the same.
            }

            return problem.Code;
        }
    }

    private static (OptimizeProblem Problem, IReadOnlyList<Client.Wire.FieldError>? Errors) ProblemOf(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case OptimizeProblemException e:
                if (e.InnerException is { } cause) LogOf(context).LogWarning(cause, "{Method} {Path} was not carried out, trace {TraceId}", context.Request.Method, context.Request.Path, Answers.TraceId(context));
                return (e.Problem, null);
            case RefusedException e:
                return (e.Problem, null);
            case RequestException e:
                return (new(OptimizeProblem.InvalidArgument, e.Message), e.Errors);
            case BadHttpRequestException e:
                return (new(e.StatusCode == StatusCodes.Status413PayloadTooLarge ? ProblemStatus.PayloadTooLarge : OptimizeProblem.InvalidArgument, e.Message), null);
            default:
                LogOf(context).LogError(exception, "{Method} {Path} failed, trace {TraceId}: this is a bug", context.Request.Method, context.Request.Path, Answers.TraceId(context));
                return (new(ProblemStatus.Internal, "the node could not carry this out, and its log says why under this traceId", true), null);
        }
    }

    private static ILogger LogOf(HttpContext context) => context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OptimizeRoutes));
}
