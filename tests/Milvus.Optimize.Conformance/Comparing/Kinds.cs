using System.Text.Json.Nodes;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>
/// An answer of metrics with the kind of a value in the place of each value. How long a list of values is, and which ids a map has, is a value too: a real server
/// counts collections that were dropped until their files are collected.
/// </summary>
internal static class Kinds
{
    public static Answer Of(Answer answer) => answer.Message is GetMetricsResponse { Response.Length: > 0 } metrics
        ? answer with { Message = new GetMetricsResponse(metrics) { Response = Of(JsonNode.Parse(metrics.Response))!.ToJsonString() } }
        : answer;

    private static JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject fields when fields.All(field => field.Key.All(char.IsAsciiDigit)) => "by id",
        JsonArray elements when elements.All(element => element is JsonValue) => "list",
        JsonObject fields => new JsonObject(fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Key, field.Key == "name" ? field.Value?.DeepClone() : Of(field.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(Of)]),
        JsonValue value => JsonValue.Create(value.GetValueKind().ToString()),
        _ => null,
    };
}
