using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>docs/openapi.json, as somebody reads it who knows nothing of the code.</summary>
internal static partial class ApiDocument
{
    public static JsonObject Root { get; } = JsonNode.Parse(Repository.Read("docs/openapi.json"))!.AsObject();

    public static IReadOnlyList<ApiOperation> Operations { get; } =
    [
        .. Root["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => new ApiOperation(
            o.Value!["operationId"]!.GetValue<string>(), o.Key.ToUpperInvariant(), path.Key, o.Value["x-role"]?.GetValue<string>(), o.Value.AsObject()))),
    ];

    public static ApiOperation Of(string id) => Operations.Single(o => o.Id == id);

    /// <summary>The operation of a request; null where the document has none. Of two paths that fit, the one with more letters of its own is meant.</summary>
    public static ApiOperation? Find(string method, string path) => Operations
        .Where(o => o.Method == method && Regex.IsMatch(path, $"^{Parameter().Replace(Regex.Escape(o.Path), "[^/]+")}$"))
        .MaxBy(o => Parameter().Replace(Regex.Escape(o.Path), "").Length);

    [GeneratedRegex("\\\\\\{[a-z]+}")]
    private static partial Regex Parameter();
}

/// <summary>One method of one path.</summary>
/// <param name="Role">The least role; null for everybody.</param>
internal sealed record ApiOperation(string Id, string Method, string Path, string? Role, JsonObject Node);
