using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management.OpenApi;

/// <summary>Schemas of the documents, made from the types that are written: they cannot say something else.</summary>
internal static class OpenApiSchemas
{
    private static readonly JsonSerializerOptions Json = new(RunDocuments.Json)
    {
        RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        NumberHandling = JsonNumberHandling.Strict,
    };

    private static readonly Dictionary<Type, string> Names = new()
    {
        [typeof(RunDocument)] = "Run", [typeof(RunPage)] = "RunPage", [typeof(StartBody)] = "Start", [typeof(VerbBody)] = "Verb", [typeof(TimelinePage)] = "Timeline",
        [typeof(ReportDocument)] = "Report", [typeof(ClusterPage)] = "ClusterPage", [typeof(CollectionPage)] = "CollectionPage", [typeof(CollectionDocument)] = "Collection",
        [typeof(PlanDocument)] = "Plan", [typeof(HealthDocument)] = "Health", [typeof(ProblemBody)] = "Problem",
        [typeof(KeyPage)] = "KeyPage", [typeof(KeyDocument)] = "Key", [typeof(CreatedKeyDocument)] = "CreatedKey", [typeof(NewKeyBody)] = "NewKey",
    };

    public static JsonObject Components()
    {
        var all = new JsonObject();
        foreach (var (type, name) in Names.OrderBy(n => n.Value, StringComparer.Ordinal)) all[name] = Exported(type);
        AddServed(all["Run"]!["properties"]!.AsObject());
        all["RunPage"]!["properties"]!["runs"]!["items"] = Reference("Run");
        all["KeyPage"]!["properties"]!["keys"]!["items"] = Reference("Key");
        all["CollectionPage"]!["properties"]!["collections"]!["items"] = Reference("Collection");
        all["StartedRun"] = new JsonObject
        {
            ["allOf"] = new JsonArray(Reference("Run"), new JsonObject
            {
                ["type"] = "object", ["required"] = new JsonArray("joined"), ["properties"] = new JsonObject { ["joined"] = new JsonObject { ["type"] = "boolean" } },
            }),
        };
        return all;
    }

    public static JsonNode Of(Type type) => type == typeof(StartedRunDocument) ? Reference("StartedRun")
        : type == typeof(StartedOrPlan) ? new JsonObject { ["anyOf"] = new JsonArray(Reference("StartedRun"), Reference("Plan")) }
        : Names.TryGetValue(type, out var name) ? Reference(name)
        : new JsonObject { ["type"] = "object" };

    public static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    // What the answer adds to the run; lists leave it out.
    private static void AddServed(JsonObject properties)
    {
        properties["serverTime"] = new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        string[] places = ["self", "events", "timeline", "report", "collection"];
        properties["links"] = new JsonObject
        {
            ["type"] = "object", ["required"] = new JsonArray([.. places.Select(p => (JsonNode)p)]),
            ["properties"] = new JsonObject(places.Select(p => KeyValuePair.Create(p, (JsonNode?)new JsonObject { ["type"] = "string" }))),
        };
    }

    private static JsonNode Exported(Type type)
    {
        var isBody = type == typeof(StartBody) || type == typeof(VerbBody) || type == typeof(NewKeyBody);
        return Json.GetJsonSchemaAsNode(type, new()
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => node is JsonObject schema ? Corrected(context, schema, Names[type], isBody) : node,
        });
    }

    private static JsonObject Corrected(JsonSchemaExporterContext context, JsonObject schema, string component, bool isBody)
    {
        // A type that comes twice is a reference from the root, and the root of the document is another one.
        if (schema["$ref"] is { } reference) schema["$ref"] = $"#/components/schemas/{component}{reference.GetValue<string>()[1..]}";
        // What a request has beyond this is refused; what an answer has beyond it may come with a later version.
        if (isBody && schema["properties"] is not null) schema["additionalProperties"] = false;
        if (schema["required"] is not JsonArray required) return schema;
        var mayBeLeftOut = context.TypeInfo.Properties.Where(MayBeLeftOut).Select(p => p.Name).ToHashSet();
        schema["required"] = new JsonArray([.. required.Where(r => !mayBeLeftOut.Contains(r!.GetValue<string>())).Select(r => r!.DeepClone())]);
        return schema;
    }

    private static bool MayBeLeftOut(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), true).OfType<JsonIgnoreAttribute>().Any(i => i.Condition != JsonIgnoreCondition.Never) is true;
}
