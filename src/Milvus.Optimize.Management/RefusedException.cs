using System.Text.Json.Nodes;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Management;

/// <summary>The endpoint itself refuses a call, and knows why in a form for programs.</summary>
internal sealed class RefusedException(OptimizeProblem problem, JsonObject? facts = null) : Exception(problem.Detail)
{
    public OptimizeProblem Problem { get; } = problem;

    public JsonObject? Facts { get; } = facts;

    public static RefusedException Denied(string detail, JsonObject? facts = null) => new(new(OptimizeProblem.PermissionDenied, detail), facts);

    /// <param name="detail">What there is too much of.</param>
    /// <param name="limit">Name of the limit in the options.</param>
    /// <param name="most">What it is set to.</param>
    public static RefusedException TooMuch(string detail, string limit, int most) =>
        new(new(OptimizeProblem.RateLimited, detail, Retryable: true), new() { ["limit"] = limit, ["most"] = most });
}
