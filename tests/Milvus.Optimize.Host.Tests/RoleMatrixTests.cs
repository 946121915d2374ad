using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Every route of the table with every kind of caller: the table alone says who gets in.</summary>
public sealed class RoleMatrixTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Documents.Start);
    private RouteServer _server = null!;

    public static TheoryData<string> Operations { get; } = [.. RouteTable.All.Select(r => r.Operation)];

    public async Task InitializeAsync()
    {
        _server = await RouteServer.StartAsync(time: _time);
        _server.Runs.Now = Documents.Succeeded();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory, MemberData(nameof(Operations))]
    public async Task A_route_lets_in_whom_the_table_says(string operation)
    {
        var rule = RouteTable.All.Single(r => r.Operation == operation);
        foreach (var role in Enum.GetValues<Role>())
        {
            var answer = await SendAsync(rule, await _server.BearerAsync(role));
            Assert.Equal(!(rule.Role > role), (int)answer.StatusCode is >= 200 and < 300);
            if (rule.Role > role) Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
        }

        var (short_, revoked) = (await _server.BearerAsync(Role.Admin, expiresAfter: TimeSpan.FromSeconds(1)), await _server.BearerAsync(Role.Admin));
        _time.Advance(TimeSpan.FromSeconds(2));
        await _server.Keys.RevokeAsync(ApiKeyText.TryParse(revoked.Parameter!)!.Id, default);
        foreach (var bad in (AuthenticationHeaderValue?[])[null, new("Bearer", "mok_nonsense"), short_, revoked])
        {
            var answer = await SendAsync(rule, bad);
            Assert.Equal(rule.Role is null, answer.StatusCode != HttpStatusCode.Unauthorized);
            Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
        }

        // Lists are narrowed, not refused.
        var elsewhere = await SendAsync(rule, await _server.BearerAsync(Role.Admin, "elsewhere"));
        Assert.Equal(rule.Pattern.Contains("{id}", StringComparison.Ordinal) || rule.Pattern.Contains("{cluster}", StringComparison.Ordinal) || operation is "startRun" or "getMetrics" or "revokeKey", elsewhere.StatusCode == HttpStatusCode.Forbidden);
        Assert.Equal("", await AnswerSchemas.FaultAsync(operation, elsewhere));
    }

    private Task<HttpResponseMessage> SendAsync(RouteRule rule, AuthenticationHeaderValue? bearer) => Requests.SendAsync(_server, rule, bearer);
}
