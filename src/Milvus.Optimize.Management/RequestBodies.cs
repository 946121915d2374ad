using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management;

/// <summary>Reads bodies strictly: bounded, without duplicates, and every unknown member is named in the answer.</summary>
internal static class RequestBodies
{
    private const long MaxBytes = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(RunDocuments.Json) { AllowDuplicateProperties = false };

    /// <param name="context">The request.</param>
    /// <param name="placed">The path names the collection: the body may not, and may be missing.</param>
    public static async Task<StartBody> StartAsync(HttpContext context, bool placed)
    {
        // Over HTTP/2 a body needs no header that says so.
        if (placed && (context.Request.ContentLength == 0 || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })) return new();
        var body = await ReadAsync<StartBody>(context);
        RefuseUnknown([.. Pointers("", body.Unknown), .. Pointers("/target", body.Target?.Unknown), .. placed ? Place(body) : []]);
        return body;
    }

    public static async Task<VerbBody> VerbAsync(HttpContext context, bool freeLane)
    {
        var body = await ReadAsync<VerbBody>(context);
        RefuseUnknown([.. Pointers("", body.Unknown), .. body.FreeLane is null || freeLane ? Array.Empty<string>() : ["/freeLane"]]);
        return body;
    }

    public static async Task<NewKeyBody> NewKeyAsync(HttpContext context)
    {
        var body = await ReadAsync<NewKeyBody>(context);
        RefuseUnknown([.. Pointers("", body.Unknown)]);
        return body;
    }

    private static async Task<T> ReadAsync<T>(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Strict, context.RequestAborted)
                ?? throw RequestException.At("", "the body is null: send a JSON object");
        }
        catch (JsonException e)
        {
            throw RequestException.At(Pointer(e.Path), $"the body is not what this route takes: {FirstSentence(e.Message)}");
        }
    }

    private static IEnumerable<string> Place(StartBody body)
    {
        if (body.Cluster is not null) yield return "/cluster";
        if (body.Database is not null) yield return "/database";
        if (body.Collection is not null) yield return "/collection";
        if (body.Target is not null) yield return "/target";
    }

    private static IEnumerable<string> Pointers(string prefix, IDictionary<string, JsonElement>? unknown) =>
        unknown?.Keys.Select(name => $"{prefix}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}") ?? [];

    private static void RefuseUnknown(string[] pointers)
    {
        if (pointers.Length == 0) return;
        throw new RequestException($"unknown members: {string.Join(", ", pointers)}", [.. pointers.Select(p => new FieldError(p, "unknown member"))]);
    }

    private static string Pointer(string? path) => path is null or "$" ? "" : path.TrimStart('$').Replace('.', '/');

    // What follows is the reader's position, which the pointer says better.
    private static string FirstSentence(string message) => message.Split(" Path:", 2)[0];
}
