using System.Text.Json.Nodes;

namespace Milvus.Optimize.Management.OpenApi;

/// <summary>Every parameter that some route takes, by its name: one name means one thing everywhere.</summary>
internal static class OpenApiParameters
{
    private static readonly Dictionary<string, (string In, string Schema, string Description)> All = new()
    {
        ["id"] = ("path", """{"type":"string","pattern":"^[a-z0-9-]{1,40}\\.[1-9][0-9]{0,18}\\.[0-7][0-9A-HJKMNP-TV-Z]{25}$"}""", "The run: cluster.collectionId.ULID."),
        ["key"] = ("path", """{"type":"string","pattern":"^[a-z2-7]{10}$"}""", "A key's id."),
        ["code"] = ("path", """{"type":"string"}""", "A problem's code."),
        ["cluster"] = ("query", """{"type":"string","pattern":"^[a-z0-9-]{1,40}$"}""", "Name of a Milvus cluster."),
        ["database"] = ("query", Name, "A database."),
        ["name"] = ("path", Name, "A collection's name or an alias."),
        ["collection"] = ("query", """{"type":"string","maxLength":255}""", "A collection's name, or a pattern with * and ?."),
        ["done"] = ("query", """{"type":"boolean"}""", "Only runs that have ended, or only those that have not."),
        ["state"] = ("query", """{"type":"string","maxLength":40}""", "Such as Failed or WaitingForCompaction."),
        ["since"] = ("query", Instant, "Started then or later."),
        ["until"] = ("query", Instant, "Started before."),
        ["pageSize"] = ("query", """{"type":"integer","minimum":1,"maximum":500,"default":50}""", "How many at most."),
        ["pageToken"] = ("query", """{"type":"string"}""", "nextPageToken of the page before."),
        ["after"] = ("query", """{"type":"integer","minimum":0,"default":0}""", "nextAfter of the part before."),
        ["wait"] = ("query", """{"type":"string","pattern":"^[0-9]+s?$"}""", "Seconds to wait, 20 at most; wins over Prefer."),
        ["sinceRevision"] = ("query", """{"type":"integer","minimum":-1,"default":-1}""", "The revision that the caller has."),
        ["Prefer"] = ("header", Text, "wait=N."),
        ["Idempotency-Key"] = ("header", """{"type":"string","minLength":1,"maxLength":200}""", "The same key gets the same run, up to 7 days after its end."),
        ["If-Match"] = ("header", Text, "An ETag that the caller has seen: 412 where the run is at another revision."),
        ["If-None-Match"] = ("header", Text, "An ETag: 304 where the run is still as it says."),
        ["Last-Event-ID"] = ("header", """{"type":"integer","minimum":0}""", "The last event that the caller has."),
    };

    private const string Name = """{"type":"string","pattern":"^[A-Za-z_][A-Za-z0-9_]{0,254}$"}""";
    private const string Instant = """{"type":"string","format":"date-time"}""";
    private const string Text = """{"type":"string"}""";

    /// <param name="name">One of the known ones.</param>
    /// <param name="inPath">It stands in the path of this route.</param>
    public static JsonObject Of(string name, bool inPath)
    {
        var (place, schema, description) = All[name];
        var parameter = new JsonObject { ["name"] = name, ["in"] = inPath ? "path" : place, ["description"] = description, ["schema"] = JsonNode.Parse(schema) };
        if (inPath) parameter["required"] = true;
        return parameter;
    }
}
