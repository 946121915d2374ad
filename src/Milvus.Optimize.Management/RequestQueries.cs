using System.Globalization;
using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management;

/// <summary>Reads query strings and the header <c>Prefer</c>.</summary>
internal static class RequestQueries
{
    public const int MaxLimit = 500;
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(20);

    /// <summary>How long the caller wants to wait, bounded; null where it did not say. <c>?wait=</c> wins over <c>Prefer: wait=</c>.</summary>
    public static TimeSpan? Wait(HttpRequest request)
    {
        string? text = request.Query["wait"];
        text ??= request.Headers["Prefer"].SelectMany(h => (h ?? "").Split(',', ';')).Select(p => p.Trim())
            .FirstOrDefault(p => p.StartsWith("wait=", StringComparison.OrdinalIgnoreCase))?["wait=".Length..];
        if (text is null) return null;
        if (!int.TryParse(text.EndsWith('s') ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            throw RequestException.At("wait", $"wait '{text}' is no number of seconds");
        return TimeSpan.FromSeconds(Math.Min(seconds, MaxWait.TotalSeconds));
    }

    public static long SinceRevision(HttpRequest request)
    {
        string? text = request.Query["sinceRevision"];
        if (text is null) return -1;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var revision) && revision >= -1
            ? revision
            : throw RequestException.At("sinceRevision", $"sinceRevision '{text}' is no revision");
    }

    public static RunQuery Runs(HttpRequest request)
    {
        RefuseUnknown(request, "cluster", "database", "collection", "done", "limit");
        string? done = request.Query["done"], limit = request.Query["limit"];
        if (done is not (null or "true" or "false")) throw RequestException.At("done", $"done '{done}' is neither true nor false");
        var count = 50;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MaxLimit))
            throw RequestException.At("limit", $"limit '{limit}' is not between 1 and {MaxLimit}");
        return new(
            Checked(request, "cluster", c => new ClusterName(c).Value), Checked(request, "database", MilvusNames.Database),
            Checked(request, "collection", MilvusNames.Collection), done is null ? null : done == "true", count);
    }

    public static RunId Run(HttpContext context)
    {
        var text = (string?)context.Request.RouteValues["id"] ?? "";
        try
        {
            return RunId.Parse(text);
        }
        catch (ParamException e)
        {
            throw RequestException.At("id", e.Message);
        }
    }

    private static string? Checked(HttpRequest request, string name, Func<string, string> check)
    {
        string? text = request.Query[name];
        try
        {
            return text is null ? null : check(text);
        }
        catch (ParamException e)
        {
            throw RequestException.At(name, e.Message);
        }
    }

    private static void RefuseUnknown(HttpRequest request, params string[] known)
    {
        var unknown = request.Query.Keys.Where(k => !known.Contains(k)).ToArray();
        if (unknown.Length > 0)
            throw new RequestException($"unknown query parameters: {string.Join(", ", unknown)}", [.. unknown.Select(u => new FieldError(u, "unknown parameter"))]);
    }
}
