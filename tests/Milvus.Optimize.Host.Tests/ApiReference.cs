using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Milvus.Optimize.Host.Tests;

/// <summary>docs/api.md: the OpenAPI document for somebody who reads. Made of docs/openapi.json alone.</summary>
internal static class ApiReference
{
    public static string Text()
    {
        var text = new StringBuilder("# The HTTP API\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Made of [openapi.json](openapi.json) by `MILVUS_OPTIMIZE_WRITE=1 dotnet test tests/Milvus.Optimize.Host.Tests --filter FullyQualifiedName~OpenApiTests`; a test holds it to that.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{ApiDocument.Root["info"]!["description"]!.GetValue<string>()} How it is used, as a walk: [management](management.md). Problems: [problems/](problems/README.md).\n\n");
        text.Append("| | operation | role | |\n|---|---|---|---|\n");
        foreach (var o in ApiDocument.Operations) text.Append(CultureInfo.InvariantCulture, $"| `{o.Method} {o.Path}` | [{o.Id}](#{o.Id.ToLowerInvariant()}) | {o.Role ?? "everybody"} | {Cell(o.Node["summary"])} |\n");
        foreach (var o in ApiDocument.Operations) Operation(text, o);
        text.Append("\n# Documents\n");
        foreach (var (name, schema) in ApiDocument.Root["components"]!["schemas"]!.AsObject()) Schema(text, name, schema!.AsObject());
        return text.ToString();
    }

    private static void Operation(StringBuilder text, ApiOperation operation)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {operation.Id}\n\n`{operation.Method} {operation.Path}`, for {operation.Role ?? "everybody"}. {Cell(operation.Node["summary"])}\n");
        if (operation.Node["parameters"] is JsonArray parameters)
        {
            text.Append("\n| takes | in | | |\n|---|---|---|---|\n");
            foreach (var p in parameters)
                text.Append(CultureInfo.InvariantCulture, $"| `{Cell(p!["name"])}` | {Cell(p["in"])} | {Shape(p["schema"]!)} | {Cell(p["description"])} |\n");
        }

        if (operation.Node["requestBody"] is { } body)
            text.Append(CultureInfo.InvariantCulture, $"\nBody{(body["required"]?.GetValue<bool>() is true ? "" : ", which may be missing")}: {Contents(body)}.\n");
        text.Append("\n| answers | | |\n|---|---|---|\n");
        foreach (var (status, answer) in operation.Node["responses"]!.AsObject())
        {
            var isProblem = answer!["$ref"] is not null;
            text.Append(CultureInfo.InvariantCulture, $"| {status} | {(isProblem ? Named("Problem") : Contents(answer))} | {(isProblem ? "" : Cell(answer["description"]))} |\n");
        }
    }

    private static void Schema(StringBuilder text, string name, JsonObject schema)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {name}\n");
        if (schema["properties"] is not JsonObject)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Shape(schema)}.\n");
            return;
        }

        text.Append("\n| member | |\n|---|---|\n");
        Members(text, "", schema);
    }

    private static void Members(StringBuilder text, string prefix, JsonObject schema)
    {
        var required = (schema["required"] as JsonArray)?.Select(r => r!.GetValue<string>()).ToHashSet() ?? [];
        foreach (var (name, member) in schema["properties"]!.AsObject())
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{prefix}{name}` | {Shape(member!)}{(required.Contains(name) ? "" : ", may be missing")} |\n");
            if (member is not JsonObject inner) continue;
            if (inner["properties"] is JsonObject) Members(text, $"{prefix}{name}.", inner);
            else if (inner["items"] is JsonObject { } items && items["properties"] is JsonObject) Members(text, $"{prefix}{name}[].", items);
        }
    }

    private static string Contents(JsonNode of) => of["content"] is JsonObject content
        ? string.Join(" or ", content.Select(c => c.Value!["schema"]!["type"]?.ToString() == "string" ? $"`{c.Key}`" : $"{Shape(c.Value["schema"]!)} as `{c.Key}`"))
        : "no body";

    private static string Shape(JsonNode schema)
    {
        if (schema is not JsonObject of) return "anything";
        if (of["$ref"] is { } reference) return Referred(reference.GetValue<string>());
        foreach (var (word, between) in new[] { ("anyOf", " or "), ("allOf", " and ") })
            if (of[word] is JsonArray parts) return string.Join(between, parts.Select(p => Shape(p!)));
        var kinds = of["type"] is JsonArray several ? several.Select(t => t!.GetValue<string>()).ToList() : [of["type"]?.GetValue<string>() ?? "anything"];
        var shape = string.Join(" or ", kinds.Select(k => k == "array" ? $"list of {(of["items"] is { } items ? Shape(items) : "anything")}" : k));
        var more = ((string[])["format", "pattern", "minimum", "maximum", "minLength", "maxLength", "default"]).Where(m => of[m] is not null && of[m]!.ToString() != "null")
            .Select(m => m == "format" ? of[m]!.ToString() : $"{m} `{of[m]!.ToString().Replace("|", "\\|", StringComparison.Ordinal)}`").ToList();
        return more.Count == 0 ? shape : $"{shape} ({string.Join(", ", more)})";
    }

    private static string Referred(string reference)
    {
        var parts = reference.Split('/');
        return parts is ["#", "components", "schemas", var name] ? Named(name) : $"as `{string.Join('/', parts.Skip(3))}`";
    }

    private static string Named(string schema) => $"[{schema}](#{schema.ToLowerInvariant()})";

    private static string Cell(JsonNode? text) => text?.GetValue<string>().Replace("|", "\\|", StringComparison.Ordinal) ?? "";
}
