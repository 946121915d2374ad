using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// Every operation of the OpenAPI document with every kind of caller. Who gets in is said here once more, by hand: an operation that nobody has thought about
/// has no rule, and fails.
/// </summary>
public sealed class RoleMatrixTests : IAsyncLifetime
{
    /// <summary>Lists are narrowed to a scope; what is about one collection, run, key or the whole node is refused outside it; what is open knows no caller.</summary>
    private enum Outside
    {
        Open,
        Narrowed,
        Refused,
    }

    private static readonly Dictionary<string, (Role? Least, Outside Outside)> Rules = new()
    {
        ["getHealth"] = (null, Outside.Open),
        ["getReadiness"] = (null, Outside.Open),
        ["getProblem"] = (null, Outside.Open),
        ["getOpenApi"] = (null, Outside.Open),
        ["getMetrics"] = (Role.Viewer, Outside.Refused),
        ["listRuns"] = (Role.Viewer, Outside.Narrowed),
        ["startRun"] = (Role.Operator, Outside.Refused),
        ["getRun"] = (Role.Viewer, Outside.Refused),
        ["getTimeline"] = (Role.Viewer, Outside.Refused),
        ["getReport"] = (Role.Viewer, Outside.Refused),
        ["streamRun"] = (Role.Viewer, Outside.Refused),
        ["cancelRun"] = (Role.Operator, Outside.Refused),
        ["abandonRun"] = (Role.Operator, Outside.Refused),
        ["retryRun"] = (Role.Operator, Outside.Refused),
        ["listClusters"] = (Role.Viewer, Outside.Narrowed),
        ["listCollections"] = (Role.Viewer, Outside.Refused),
        ["getCollection"] = (Role.Viewer, Outside.Refused),
        ["optimizeCollection"] = (Role.Operator, Outside.Refused),
        ["listKeys"] = (Role.Admin, Outside.Narrowed),
        ["createKey"] = (Role.Admin, Outside.Narrowed),
        ["revokeKey"] = (Role.Admin, Outside.Refused),
    };

    private readonly FakeTimeProvider _time = new(Documents.Start);
    private RouteServer _server = null!;

    public static TheoryData<string> Operations { get; } = [.. ApiDocument.Operations.Select(o => o.Id)];

    public async Task InitializeAsync()
    {
        _server = await RouteServer.StartAsync(time: _time);
        _server.Runs.Now = Documents.Succeeded();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Every_operation_has_a_rule_and_every_rule_an_operation() =>
        Assert.Equal(ApiDocument.Operations.Select(o => o.Id).Order(StringComparer.Ordinal), Rules.Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Operations))]
    public async Task An_operation_lets_in_whom_its_rule_says(string operation)
    {
        Assert.True(Rules.TryGetValue(operation, out var rule), $"{operation} has no rule: say here who may call it");
        Assert.Equal(rule.Least?.ToString().ToLowerInvariant(), ApiDocument.Of(operation).Role);
        foreach (var role in Enum.GetValues<Role>())
        {
            var answer = await SendAsync(operation, await _server.BearerAsync(role));
            Assert.Equal(!(rule.Least > role), (int)answer.StatusCode is >= 200 and < 300);
            if (rule.Least > role) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
        }

        var (short_, revoked) = (await _server.BearerAsync(Role.Admin, expiresAfter: TimeSpan.FromSeconds(1)), await _server.BearerAsync(Role.Admin));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _server.Keys.RevokeAsync(ApiKeyText.TryParse(revoked.Parameter!)!.Id, default);
        foreach (var bad in (AuthenticationHeaderValue?[])[null, new("Bearer", "mok_nonsense"), short_, revoked])
        {
            var answer = await SendAsync(operation, bad);
            Assert.Equal(rule.Least is null, answer.StatusCode != HttpStatusCode.Unauthorized);
            Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
        }

        var elsewhere = await SendAsync(operation, await _server.BearerAsync(Role.Admin, "elsewhere"));
        Assert.Equal(rule.Outside == Outside.Refused, elsewhere.StatusCode == HttpStatusCode.Forbidden);
        Assert.Equal(rule.Outside != Outside.Refused, elsewhere.IsSuccessStatusCode);
        Assert.Equal("", await AnswerSchemas.FaultAsync(operation, elsewhere));
    }

    private Task<HttpResponseMessage> SendAsync(string operation, AuthenticationHeaderValue? bearer) => Requests.SendAsync(_server, ApiDocument.Of(operation), bearer);
}
