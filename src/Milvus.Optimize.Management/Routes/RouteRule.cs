using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>One route: what it is, who may call it, and what answers.</summary>
/// <param name="Operation">Its name in the OpenAPI document and in the audit log.</param>
/// <param name="Role">The least role; null for everybody, without a key.</param>
/// <param name="Handler">What carries it out; it checks the caller's scope as soon as it knows the collection.</param>
internal sealed record RouteRule(string Method, string Pattern, string Operation, Role? Role, Func<RouteCall, Task> Handler)
{
    /// <summary>Such calls are audited whatever becomes of them.</summary>
    public bool Changes => Method != "GET";
}
