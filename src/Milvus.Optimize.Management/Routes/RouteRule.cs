using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>One route: what it is, who may call it, what it takes and gives, and what answers.</summary>
/// <param name="Operation">Its name in the OpenAPI document and in the audit log.</param>
/// <param name="Role">The least role; null for everybody, without a key.</param>
/// <param name="Handler">What carries it out; it checks the caller's scope as soon as it knows the collection.</param>
internal sealed record RouteRule(string Method, string Pattern, string Operation, Role? Role, Func<RouteCall, Task> Handler)
{
    /// <summary>Such calls are audited whatever becomes of them.</summary>
    public bool Changes => Method != "GET";

    /// <summary>A sentence for the OpenAPI document.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Query parameters and headers that it takes, by name.</summary>
    public IReadOnlyList<string> Takes { get; init; } = [];

    /// <summary>Type of its JSON body; null where it takes none.</summary>
    public Type? Body { get; init; }

    /// <summary>What it gives where it is carried out.</summary>
    public IReadOnlyList<RouteAnswer> Gives { get; init; } = [];

    /// <summary>Statuses of its problems, beside those that every route has.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];
}

/// <summary>An answer of a route.</summary>
/// <param name="Type">Of the JSON document; null where the answer is no JSON.</param>
/// <param name="Media">Of a text; null where there is no body.</param>
internal sealed record RouteAnswer(int Status, string Description, Type? Type = null, string? Media = null);
