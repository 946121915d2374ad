using System.Xml;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management;

/// <summary>Makes a checked <see cref="StartRequest"/> of a body and its headers.</summary>
internal static class RunStarts
{
    private const int MaxKeyLength = 200;
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(365);
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromHours(24);

    /// <summary>Everything is checked before a target is brought: a bad name must not leave a connection behind.</summary>
    /// <param name="call">The request.</param>
    /// <param name="place">The collection where the path names it; its members must not stand in the body then.</param>
    public static async Task<(StartRequest Request, bool ValidateOnly)> ReadAsync(RouteCall call, CollectionRef? place)
    {
        var context = call.Context;
        var body = await RequestBodies.StartAsync(context, place is not null);
        var key = Key(context.Request);
        var size = Member("/targetSize", () => body.TargetSize is null or "auto" ? TargetSize.Automatic : TargetSize.Parse(body.TargetSize));
        var deadline = Deadline(body.Deadline);
        if (body.OnConflict is not (null or "join" or "fail")) throw RequestException.At("/onConflict", $"onConflict '{body.OnConflict}' is neither join nor fail");
        var collection = place ?? await CollectionAsync(body, context);
        call.Require(collection);
        var request = new StartRequest(collection, new(size, body.Flush, body.Force), key, deadline) { FailIfLive = body.OnConflict == "fail" };
        return (request, body.ValidateOnly);
    }

    private static async Task<CollectionRef> CollectionAsync(StartBody body, HttpContext context)
    {
        var database = Member("/database", () => MilvusNames.Database(body.Database ?? "default"));
        var collection = Member("/collection", () => MilvusNames.Collection(body.Collection));
        return new(await ClusterAsync(body, context), database, collection);
    }

    private static string Key(HttpRequest request)
    {
        string? key = request.Headers["Idempotency-Key"];
        if (key is null) return Guid.NewGuid().ToString("N");
        return key.Length is >= 1 and <= MaxKeyLength
            ? key
            : throw RequestException.At("Idempotency-Key", $"Idempotency-Key has {key.Length} characters: give 1 to {MaxKeyLength}");
    }

    private static TimeSpan Deadline(string? text)
    {
        if (text is null) return DefaultDeadline;
        try
        {
            if (XmlConvert.ToTimeSpan(text) is { Ticks: > 0 } span && span <= MaxDeadline) return span;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
        }

        throw RequestException.At("/deadline", $"deadline '{text}' is no ISO 8601 duration above 0 and up to 365 days, such as PT24H");
    }

    private static async Task<ClusterName> ClusterAsync(StartBody body, HttpContext context)
    {
        if (body.Target is not { } target)
        {
            if (body.Cluster is null) throw RequestException.At("/cluster", "cluster is missing: name a configured cluster");
            return Member("/cluster", () => new ClusterName(body.Cluster));
        }

        if (context.RequestServices.GetService<IRunTargets>() is not { } targets || !Gate.IsLocal(context))
            throw RequestException.At("/target", "a target is accepted over the node's local Unix socket alone: name a configured cluster instead");
        if (body.Cluster is not null) throw RequestException.At("/cluster", "give cluster or target, not both: a target's name follows from its address");
        try
        {
            return await targets.BringAsync(target, context.RequestAborted);
        }
        catch (ParamException e)
        {
            throw RequestException.At("/target", e.Message);
        }
    }

    private static T Member<T>(string pointer, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ParamException e)
        {
            throw RequestException.At(pointer, e.Message);
        }
    }
}
