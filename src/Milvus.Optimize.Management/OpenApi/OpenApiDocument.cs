using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Management.Routes;

namespace Milvus.Optimize.Management.OpenApi;

/// <summary>The OpenAPI 3.1 document, made from the route table. docs/openapi.json is a copy, held to it by a test.</summary>
internal static partial class OpenApiDocument
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Text() => Build().ToJsonString(Indented) + "\n";

    public static JsonObject Build()
    {
        var paths = new JsonObject();
        foreach (var path in RouteTable.All.GroupBy(r => r.Pattern))
        {
            var item = new JsonObject();
            foreach (var rule in path) item[rule.Method.ToLowerInvariant()] = Operation(rule);
            paths[path.Key] = item;
        }

        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Milvus.Optimize management", ["version"] = "v1",
                ["description"] = "Durable optimize (force merge) of Milvus collections. 64-bit ids are strings, times are RFC 3339 in UTC, null is not yet known, a missing member does not apply; states may grow. What is no operation here is 404 or 405, and a Problem; bytes that are no HTTP are answered by the server before any of it.",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = OpenApiSchemas.Components(),
                ["responses"] = new JsonObject { ["Problem"] = Answer("A problem; its type leads to a page that says what to do.", "application/problem+json", OpenApiSchemas.Reference("Problem")) },
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key; over the node's Unix socket none is needed." } },
            },
        };
    }

    private static JsonObject Operation(RouteRule rule)
    {
        var inPath = PathParameter().Matches(rule.Pattern).Select(m => m.Groups[1].Value).ToList();
        var operation = new JsonObject { ["operationId"] = rule.Operation, ["summary"] = rule.Summary };
        if (rule.Role is { } role) operation["x-role"] = role.ToString().ToLowerInvariant();
        operation["security"] = rule.Role is null ? new JsonArray() : new JsonArray(new JsonObject { ["key"] = new JsonArray() });
        if (inPath.Count + rule.Takes.Count > 0)
            operation["parameters"] = new JsonArray([.. inPath.Select(p => OpenApiParameters.Of(p, true)), .. rule.Takes.Select(p => OpenApiParameters.Of(p, false))]);
        if (rule.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = rule.Operation != "optimizeCollection", ["content"] = Content("application/json", OpenApiSchemas.Of(body)) };
        operation["responses"] = Responses(rule, inPath.Count + rule.Takes.Count > 0 || rule.Body is not null);
        return operation;
    }

    private static JsonObject Responses(RouteRule rule, bool takesSomething)
    {
        var responses = new JsonObject();
        foreach (var status in rule.Gives.GroupBy(g => g.Status).OrderBy(g => g.Key))
        {
            var answer = new JsonObject { ["description"] = status.First().Description };
            foreach (var (media, schema) in status.Select(Body).OfType<(string, JsonNode)>())
            {
                answer["content"] ??= new JsonObject();
                answer["content"]![media] = new JsonObject { ["schema"] = schema };
            }

            responses[Code(status.Key)] = answer;
        }

        int[] always = rule.Role is null ? [403, 429, 500] : [401, 403, 429, 500, 503];
        foreach (var status in always.Concat(takesSomething ? [400] : []).Concat(rule.Problems).Distinct().Order())
            responses[Code(status)] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        return responses;
    }

    private static (string Media, JsonNode Schema)? Body(RouteAnswer answer) =>
        answer.Type is { } type ? ("application/json", OpenApiSchemas.Of(type))
        : answer.Media is { } media ? (media, new JsonObject { ["type"] = "string" })
        : null;

    private static JsonObject Answer(string description, string media, JsonNode schema) => new() { ["description"] = description, ["content"] = Content(media, schema) };

    private static JsonObject Content(string media, JsonNode schema) => new() { [media] = new JsonObject { ["schema"] = schema } };

    private static string Code(int status) => status.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("\\{([a-z]+)\\}", RegexOptions.CultureInvariant)]
    private static partial Regex PathParameter();
}
