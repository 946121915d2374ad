using System.Globalization;
using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management;

/// <summary>Reads paths, query strings and the header <c>Prefer</c>.</summary>
internal static class RequestQueries
{
    public const int MaxPageSize = 500;
    private const int DefaultPageSize = 50;
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

    public static long SinceRevision(HttpRequest request) => Number(request, "sinceRevision", -1, -1, long.MaxValue);

    public static int PageSize(HttpRequest request) => (int)Number(request, "pageSize", DefaultPageSize, 1, MaxPageSize);

    public static long Number(HttpRequest request, string name, long otherwise, long least, long most)
    {
        string? text = request.Query[name];
        if (text is null) return otherwise;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw RequestException.At(name, $"{name} '{text}' is no number from {least} to {most}");
    }

    public static RunQuery Runs(HttpRequest request)
    {
        RefuseUnknown(request, "cluster", "database", "collection", "done", "state", "since", "until", "pageSize", "pageToken");
        string? done = request.Query["done"], state = request.Query["state"];
        if (done is not (null or "true" or "false")) throw RequestException.At("done", $"done '{done}' is neither true nor false");
        if (state is not null && !(state.Length is >= 1 and <= 40 && state.All(char.IsAsciiLetter))) throw RequestException.At("state", $"state '{state}' is no state such as Failed");
        return new(
            Checked(request, "cluster", c => new ClusterName(c).Value), Checked(request, "database", MilvusNames.Database),
            Pattern(request, "collection"), done is null ? null : done == "true", PageSize(request))
        {
            State = state,
            Since = Instant(request, "since"),
            Until = Instant(request, "until"),
            Before = PageTokens.Run(request.Query["pageToken"]),
        };
    }

    public static RunId Run(HttpContext context) => Segment(context, "id", RunId.Parse);

    public static ClusterName Cluster(RouteCall call) => Segment(call.Context, "cluster", text => new ClusterName(text));

    public static CollectionRef Collection(RouteCall call) =>
        new(Cluster(call), Segment(call.Context, "database", MilvusNames.Database), Segment(call.Context, "name", MilvusNames.Collection));

    /// <summary>A name, or a pattern with <c>*</c> and <c>?</c>.</summary>
    public static string? Pattern(HttpRequest request, string name) => Checked(request, name, text =>
        text.AsSpan().ContainsAny('*', '?') && CollectionScope.IsPattern(text) ? text : MilvusNames.Collection(text));

    public static string? Checked(HttpRequest request, string name, Func<string, string> check)
    {
        string? text = request.Query[name];
        return text is null ? null : At(name, () => check(text));
    }

    public static void RefuseUnknown(HttpRequest request, params string[] known)
    {
        var unknown = request.Query.Keys.Where(k => !known.Contains(k)).ToArray();
        if (unknown.Length > 0)
            throw new RequestException($"unknown query parameters: {string.Join(", ", unknown)}", [.. unknown.Select(u => new FieldError(u, "unknown parameter"))]);
    }

    private static DateTimeOffset? Instant(HttpRequest request, string name)
    {
        string? text = request.Query[name];
        if (text is null) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw RequestException.At(name, $"{name} '{text}' is no instant such as 2026-10-01T02:14:07Z");
    }

    private static T Segment<T>(HttpContext context, string name, Func<string, T> read) => At(name, () => read((string?)context.Request.RouteValues[name] ?? ""));

    private static T At<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ParamException e)
        {
            throw RequestException.At(name, e.Message);
        }
    }
}
