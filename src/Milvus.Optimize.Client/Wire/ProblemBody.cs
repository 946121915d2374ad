using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Client.Wire;

/// <summary><c>application/problem+json</c> (RFC 9457) with this project's members.</summary>
/// <param name="Code">What programs switch on.</param>
/// <param name="RunId">The run that stands in the way, where one does.</param>
/// <param name="MilvusCode">The server's own code, where it refused.</param>
/// <param name="Errors">Where a body or query is malformed: what, and where.</param>
/// <param name="TraceId">What the node's log and traces know the call by.</param>
/// <param name="Instance">Path of the call.</param>
/// <param name="Facts">What <paramref name="Detail"/> says, for programs: such as the role that is needed, the state of the run, or the limit.</param>
/// <param name="Help">What to do; the page behind <paramref name="Type"/> says more.</param>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    bool Retryable,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RunId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int MilvusCode = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldError>? Errors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Instance = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonObject? Facts = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Help = null);

/// <summary>One malformed member.</summary>
/// <param name="At">JSON pointer into the body, or the name of a query parameter or header.</param>
public sealed record FieldError(string At, string Detail);
