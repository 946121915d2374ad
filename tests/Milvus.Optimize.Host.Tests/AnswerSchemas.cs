using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Milvus.Optimize.Management.OpenApi;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Holds answers to the OpenAPI document.</summary>
internal static class AnswerSchemas
{
    private static readonly JsonObject Document = OpenApiDocument.Build();

    /// <summary>What is wrong with an answer to an operation; empty where it is as the document says.</summary>
    public static async Task<string> FaultAsync(string operation, HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (Operation(operation)["responses"]![$"{status}"] is not { } response) return $"{operation}: status {status} is not in the document";
        if (response["$ref"] is { } reference) response = Document["components"]!["responses"]![reference.GetValue<string>().Split('/')[^1]]!;
        var media = answer.Content.Headers.ContentType?.MediaType;
        var text = await answer.Content.ReadAsStringAsync();
        if (response["content"] is not JsonObject content) return text.Length == 0 ? "" : $"{operation}: {status} has a body";
        if (media is null || content[media] is not { } described) return $"{operation}: {status} has the media type {media}";
        return media.EndsWith("json", StringComparison.Ordinal) ? Fault(described["schema"]!, text) : "";
    }

    public static string Fault(JsonNode schema, string json)
    {
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = Document["components"]!["schemas"]!.DeepClone();
        var result = JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)).Evaluate(JsonDocument.Parse(json).RootElement, new() { OutputFormat = OutputFormat.List });
        return result.IsValid ? "" : string.Join("; ", (result.Details ?? []).Where(d => d.Errors is not null).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")));
    }

    public static JsonNode Operation(string name) => Document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Single(o => o.Value!["operationId"]!.GetValue<string>() == name).Value!;
}
