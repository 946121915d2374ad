using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Core.Telemetry;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.Security;

/// <summary>Measures one request and gives it a span, below the caller's where it sent one, and a scope for the log.</summary>
internal static class RequestTelemetry
{
    public static async Task MeasuredAsync(HttpContext context, RouteRule rule, Func<Task> answer)
    {
        var since = TimeProvider.System.GetTimestamp();
        // ASP.NET Core makes an activity for its log alone where nobody listens to it: below that one nothing would be sampled.
        using var span = Activity.Current is { Recorded: true } ? OptimizeTelemetry.Source.StartActivity(rule.Operation) : OptimizeTelemetry.Begin(rule.Operation, ActivityKind.Server, context.Request.Headers.TraceParent);
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OptimizeRoutes));
        using var scope = log.BeginScope(Scope(context, rule));
        try
        {
            await answer();
        }
        finally
        {
            var status = context.Response.StatusCode.ToString(CultureInfo.InvariantCulture);
            OptimizeInstruments.HttpRequest.Record(TimeProvider.System.GetElapsedTime(since).TotalSeconds, new("operation", rule.Operation), new("status", status));
            span?.SetTag("http.request.method", rule.Method).SetTag("http.route", rule.Pattern).SetTag("http.response.status_code", context.Response.StatusCode);
            if (context.Request.RouteValues["id"] is string run) span?.SetTag(OptimizeTelemetry.RunTag, run);
            if (context.Response.StatusCode >= 500) span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static Dictionary<string, object?> Scope(HttpContext context, RouteRule rule)
    {
        var scope = new Dictionary<string, object?> { ["Operation"] = rule.Operation };
        if (context.Request.RouteValues["id"] is string run) scope["RunId"] = run;
        if (context.Request.RouteValues["name"] is string name) scope["Collection"] = name;
        return scope;
    }
}
