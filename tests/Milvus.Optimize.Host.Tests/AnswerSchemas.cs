using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Milvus.Optimize.Management.OpenApi;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Holds answers to the OpenAPI document.</summary>
internal static class AnswerSchemas
{
    private static readonly ConcurrentDictionary<string, JsonSchema> Compiled = [];
    private static readonly string Definitions = ApiDocument.Root["components"]!["schemas"]!.ToJsonString();

    /// <summary>What is wrong with an answer to an operation; empty where it is as the document says.</summary>
    public static async Task<string> FaultAsync(string operation, HttpResponseMessage answer) =>
        Fault(operation, (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync());

    public static string Fault(string operation, int status, string? media, string text)
    {
        if (ApiDocument.Of(operation).Node["responses"]![$"{status}"] is not { } response) return $"{operation}: status {status} is not in the document";
        if (response["$ref"] is { } reference) response = ApiDocument.Root["components"]!["responses"]![reference.GetValue<string>().Split('/')[^1]]!;
        if (response["content"] is not JsonObject content) return text.Length == 0 ? "" : $"{operation}: {status} has a body";
        if (media is null || content[media] is not { } described) return $"{operation}: {status} has the media type {media}";
        return media.EndsWith("json", StringComparison.Ordinal) ? Prefixed($"{operation}: {status}", Fault(described["schema"]!, text)) : "";
    }

    /// <summary>What is wrong with an answer to what is no operation: such a one is a problem, and nothing else.</summary>
    public static string UnknownFault(int status, string? media, string text) => status is not (400 or 403 or 404 or 405 or 429)
        ? $"no operation: status {status}"
        : media != "application/problem+json" ? $"no operation: {status} has the media type {media}" : Prefixed($"no operation: {status}", Fault(OpenApiSchemas.Reference("Problem"), text));

    public static string Fault(JsonNode schema, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var result = Compiled.GetOrAdd(schema.ToJsonString(), Compile).Evaluate(document.RootElement, new() { OutputFormat = OutputFormat.List });
            return result.IsValid ? "" : string.Join("; ", (result.Details ?? []).Where(d => d.Errors is not null).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")));
        }
        catch (JsonException e)
        {
            return $"no JSON: {e.Message}";
        }
    }

    private static JsonSchema Compile(string schema)
    {
        var whole = JsonNode.Parse(schema)!.AsObject();
        whole["$defs"] = JsonNode.Parse(Definitions);
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }

    private static string Prefixed(string prefix, string fault) => fault.Length == 0 ? "" : $"{prefix}: {fault}";
}
