using System.Xml;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>API keys: who has one, a new one, and the end of one. Nobody gives away, sees or ends what reaches further than their own.</summary>
internal static class KeyRoutes
{
    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(3650);

    public static async Task ListAsync(RouteCall call)
    {
        RequestQueries.RefuseUnknown(call.Request, "pageSize", "pageToken");
        var (size, after) = (RequestQueries.PageSize(call.Request), PageTokens.Key(call.Request.Query["pageToken"]));
        var seen = (await Keys(call).ListAsync(call.Aborted)).Where(k => IsWithin(call, k)).ToList();
        var page = seen.Skip(after is null ? 0 : seen.FindIndex(k => k.Id == after) + 1).Take(size + 1).ToList();
        var now = call.Service<TimeProvider>().GetUtcNow();
        await Answers.WriteAsync(call.Context, 200, new KeyPage(
            [.. page.Take(size).Select(k => Of(k, now))], page.Count > size ? PageTokens.OfKey(page[size - 1].Id) : null));
    }

    public static async Task CreateAsync(RouteCall call)
    {
        RefuseNobody(call);
        var keys = Keys(call);
        var body = await RequestBodies.NewKeyAsync(call.Context);
        var role = body.Role is null ? Role.Viewer : Caller.RoleOf(body.Role) ?? throw RequestException.At("/role", $"'{body.Role}' is no role: give viewer, operator or admin");
        var scope = body.Scope is null ? call.Caller.Scope : Member("/scope", () => CollectionScope.Parse(body.Scope));
        call.About($"key for {scope}");
        if (!call.Caller.Scope.Contains(scope))
            throw Denied(call, $"this key is for {call.Caller.Scope} and cannot make one for {scope}: ask for a narrower scope, or use another key", scope);
        var (key, text) = await MadeAsync(call, keys, body, role, scope);
        call.About($"key {key.Id} of {key.Name}, {Word(role)} on {scope}");
        call.Context.Response.Headers.CacheControl = "no-store";
        var made = Of(key, key.CreatedAt);
        await Answers.WriteAsync(call.Context, 201, new CreatedKeyDocument(
            made.Id, made.Name, made.Role, made.Scope, made.Valid, made.CreatedAt, made.ExpiresAt, made.RevokedAt, text.Reveal()));
    }

    public static async Task RevokeAsync(RouteCall call)
    {
        RefuseNobody(call);
        var (keys, id) = (Keys(call), (string?)call.Request.RouteValues["key"] ?? "");
        if (!ApiKeyText.IsId(id)) throw RequestException.At("key", "that is no id of a key: list them");
        call.About($"key {id}");
        var key = await keys.FindAsync(id, call.Aborted) ?? throw new OptimizeProblemException(new(OptimizeProblem.NotFound, $"there is no key '{id}': list them"));
        call.About($"key {id} of {key.Name}");
        if (!IsWithin(call, key)) throw Denied(call, $"this key is for {call.Caller.Scope} and cannot end one for {key.Scope}: use another key", CollectionScope.Parse(key.Scope));
        var revoked = await keys.RevokeAsync(id, call.Aborted);
        await Answers.WriteAsync(call.Context, 200, Of(revoked, call.Service<TimeProvider>().GetUtcNow()));
    }

    private static async Task<(ApiKey Key, ApiKeyText Text)> MadeAsync(RouteCall call, IApiKeys keys, NewKeyBody body, Role role, CollectionScope scope)
    {
        var expires = Expiry(body.Expires);
        try
        {
            return await keys.CreateAsync(body.Name?.Trim() ?? "", role, scope, expires, call.Aborted);
        }
        catch (ParamException e)
        {
            throw RequestException.At("/name", e.Message);
        }
    }

    // Who asks for no key knows nobody; a key made there would outlast the day that keys are asked for.
    private static void RefuseNobody(RouteCall call)
    {
        if (ReferenceEquals(call.Caller, Caller.Anonymous)) throw RefusedException.Denied("this endpoint asks nobody for a key, so that nobody may make or end one over it: do it over the node's Unix socket");
    }

    private static IApiKeys Keys(RouteCall call) => call.Service<IApiKeys>() is not NoApiKeys and var keys
        ? keys
        : throw new OptimizeProblemException(new(OptimizeProblem.NotFound, "this host keeps no keys"));

    private static bool IsWithin(RouteCall call, ApiKey key) => call.Caller.Scope.Contains(CollectionScope.Parse(key.Scope));

    private static KeyDocument Of(ApiKey key, DateTimeOffset now) =>
        new(key.Id, key.Name, Word(key.Role), key.Scope, key.IsValidAt(now), key.CreatedAt, key.ExpiresAt, key.RevokedAt);

    private static string Word(Role role) => role.ToString().ToLowerInvariant();

    private static TimeSpan? Expiry(string? text)
    {
        if (text is null) return null;
        try
        {
            if (XmlConvert.ToTimeSpan(text) is { Ticks: > 0 } span && span <= LongestExpiry) return span;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
        }

        throw RequestException.At("/expires", $"expires '{text}' is no ISO 8601 duration above 0 and up to {LongestExpiry.TotalDays} days, such as P90D");
    }

    private static RefusedException Denied(RouteCall call, string detail, CollectionScope other) =>
        RefusedException.Denied(detail, new() { ["scope"] = call.Caller.Scope.ToString(), ["needs"] = other.ToString() });

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
