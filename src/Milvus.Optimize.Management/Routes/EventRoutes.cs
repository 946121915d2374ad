using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Management.Routes;

/// <summary>
/// A run as server-sent events: its document at every change, whose revision is the event's id. Who comes back with <c>Last-Event-ID</c> gets what is newer.
/// The stream ends with the run.
/// </summary>
internal static class EventRoutes
{
    // Shorter than proxies wait for a byte.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // Where nobody can be waited for, as while the journal is down, answers come at once: they are not sent in a hot loop.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    public static async Task StreamAsync(RouteCall call)
    {
        var since = LastEventId(call.Request);
        var run = await call.RequireRunAsync();
        using var place = call.Waiting();
        var document = await call.Runs.GetAsync(run, -1, TimeSpan.Zero, call.Aborted);
        if (document.Done && document.Revision <= since)
        {
            // An EventSource that is told so does not come back.
            call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        call.Context.Response.ContentType = "text/event-stream";
        call.Context.Response.Headers.CacheControl = "no-store";
        call.Context.Response.Headers["X-Accel-Buffering"] = "no";
        await FollowAsync(call, run, document, since);
    }

    private static async Task FollowAsync(RouteCall call, RunId run, RunDocument document, long since)
    {
        var time = call.Service<TimeProvider>();
        try
        {
            while (true)
            {
                if (document.Revision > since) await WriteAsync(call, "run", Answers.Document(call.Context, document), document.Revision);
                else await call.Context.Response.WriteAsync(": nothing new\n\n", call.Aborted);
                await call.Context.Response.Body.FlushAsync(call.Aborted);
                if (document.Done) return;
                var (last, asked) = (Math.Max(since, document.Revision), time.GetTimestamp());
                document = await call.Runs.GetAsync(run, last, Heartbeat, call.Aborted);
                if (document.Revision <= last && time.GetElapsedTime(asked) < Pace) await Task.Delay(Pace, time, call.Aborted);
                since = last;
            }
        }
        catch (OptimizeProblemException e)
        {
            await WriteAsync(call, "problem", Answers.Body(call.Context, e.Problem), null);
        }
    }

    private static Task WriteAsync<T>(RouteCall call, string name, T document, long? id)
    {
        var head = id is { } i ? string.Create(CultureInfo.InvariantCulture, $"id: {i}\n") : "";
        return call.Context.Response.WriteAsync($"{head}event: {name}\ndata: {JsonSerializer.Serialize(document, RunDocuments.Json)}\n\n", call.Aborted);
    }

    private static long LastEventId(HttpRequest request)
    {
        string? text = request.Headers["Last-Event-ID"];
        if (text is null) return -1;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw RequestException.At("Last-Event-ID", $"Last-Event-ID '{text}' is no revision");
    }
}
