using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Management.Routes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Tests;

/// <summary>JSON web tokens, made here by hand: nothing of the library that reads them is used.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private const string Secret = "a-secret-of-more-than-thirty-two-bytes";
    private static readonly JwtOptions Options = new() { Issuer = "https://issuer.example", Audience = "milvus-optimize", Key = Secret };
    private readonly TemporaryFolder _folder = new();
    private RouteServer _server = null!;

    public static TheoryData<string> Operations { get; } = [.. RouteTable.All.Where(r => r.Role is not null).Select(r => r.Operation)];

    public async Task InitializeAsync()
    {
        _server = await RouteServer.StartAsync(jwt: Options);
        _server.Runs.Now = Documents.Succeeded();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task A_token_gets_what_the_table_gives_its_role(string operation)
    {
        var rule = RouteTable.All.Single(r => r.Operation == operation);
        foreach (var role in Enum.GetValues<Role>())
        {
            var answer = await Requests.SendAsync(_server, rule, Bearer(Token(Claims(role.ToString().ToLowerInvariant()))));
            Assert.Equal(!(rule.Role > role), (int)answer.StatusCode is >= 200 and < 300);
            Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await Requests.SendAsync(_server, rule, Bearer(Token(Claims("admin"), secret: Secret + "x")))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Requests.SendAsync(_server, rule, Bearer(Token(Claims(null))))).StatusCode);
    }

    [Theory]
    [InlineData("exp", -60)]
    [InlineData("exp", null)]
    [InlineData("nbf", 600)]
    [InlineData("iss", "https://other.example")]
    [InlineData("iss", null)]
    [InlineData("aud", "another-service")]
    [InlineData("aud", null)]
    [InlineData("sub", null)]
    [InlineData(Caller.ScopeClaim, "a/b/c/d")]
    [InlineData(Caller.ScopeClaim, "[\"c1\",\"c2\"]")]
    public async Task A_claim_that_is_wrong_or_missing_is_401(string claim, object? value)
    {
        var claims = Claims("admin");
        if (value is null) claims.Remove(claim);
        else claims[claim] = value is int seconds ? Seconds(seconds) : ((string)value).StartsWith('[') ? JsonNode.Parse((string)value) : (string)value;
        await RefusedAsync(Token(claims));
    }

    [Theory, MemberData(nameof(Operations))]
    public async Task An_expired_token_gets_in_nowhere_and_one_of_another_scope_not_to_what_is_not_its_own(string operation)
    {
        var rule = RouteTable.All.Single(r => r.Operation == operation);
        var (expired, elsewhere) = (Claims("admin"), Claims("admin"));
        expired["exp"] = Seconds(-300);
        elsewhere[Caller.ScopeClaim] = "elsewhere";
        var answer = await Requests.SendAsync(_server, rule, Bearer(Token(expired)));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));

        // Lists are narrowed, not refused.
        answer = await Requests.SendAsync(_server, rule, Bearer(Token(elsewhere)));
        Assert.Equal(rule.Pattern.Contains("{id}", StringComparison.Ordinal) || rule.Pattern.Contains("{cluster}", StringComparison.Ordinal) || operation is "startRun" or "getMetrics" or "revokeKey", answer.StatusCode == HttpStatusCode.Forbidden);
        Assert.Equal("", await AnswerSchemas.FaultAsync(operation, answer));
    }

    [Fact]
    public async Task A_signature_of_another_key_of_none_or_of_another_kind_is_401()
    {
        await RefusedAsync(Token(Claims("admin"), secret: "another-secret-of-thirty-two-bytes-or-so"));
        await RefusedAsync(Token(Claims("admin"), algorithm: "none"));
        await RefusedAsync(Token(Claims("admin"))[..^3] + "AAA");
        await RefusedAsync(Token(Claims("admin")).Split('.')[0] + ".e30.");
        using var rsa = RSA.Create(2048);
        await RefusedAsync(Signed(Claims("admin"), rsa));
    }

    [Fact]
    public async Task A_public_key_takes_its_own_signatures_and_is_no_secret_of_another_kind()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        File.WriteAllText(_folder.File("jwt.pem"), pem);
        await using var server = await RouteServer.StartAsync(jwt: Options with { Key = null, PublicKeyFile = _folder.File("jwt.pem") });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, Signed(Claims("viewer"), rsa)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Token(Claims("viewer"), secret: pem)));
        using var other = RSA.Create(2048);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, Signed(Claims("viewer"), other)));
    }

    [Fact]
    public async Task A_scope_holds_as_that_of_a_key_does_and_the_audit_log_names_the_subject()
    {
        var claims = Claims("operator");
        claims[Caller.ScopeClaim] = "c1/default/b*";
        Assert.Equal(HttpStatusCode.Accepted, await StartAsync(Token(claims), """{"cluster":"c1","collection":"books"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, await StartAsync(Token(claims), """{"cluster":"c1","collection":"movies"}"""));
        var audit = File.ReadAllText(_server.AuditPath);
        Assert.Contains("ann (jwt)", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_highest_of_several_roles_counts_and_a_number_is_none()
    {
        var claims = Claims(null);
        claims[Caller.RoleClaim] = new JsonArray("viewer", "something-else", "operator");
        Assert.Equal(HttpStatusCode.Accepted, await StartAsync(Token(claims), """{"cluster":"c1","collection":"books"}"""));
        claims[Caller.RoleClaim] = "2";
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(_server, Token(claims)));
    }

    [Fact]
    public async Task Keys_get_in_beside_tokens_and_without_tokens_none_gets_in()
    {
        Assert.Equal(HttpStatusCode.OK, (await _server.Tcp.GetAsync(RouteTable.Runs)).StatusCode);
        await using var keysOnly = await RouteServer.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(keysOnly, Token(Claims("admin"))));
    }

    [Theory]
    [InlineData("""{"Audience":"a","Issuer":"i"}""")]
    [InlineData("""{"Audience":"a","Issuer":"i","Key":"short"}""")]
    [InlineData("""{"Issuer":"i","Key":"a-secret-of-more-than-thirty-two-bytes"}""")]
    [InlineData("""{"Audience":"a","Key":"a-secret-of-more-than-thirty-two-bytes"}""")]
    [InlineData("""{"Audience":"a","Authority":"http://issuer.example"}""")]
    [InlineData("""{"Audience":"a","Authority":"https://user:canary@issuer.example"}""")]
    [InlineData("""{"Audience":"a","Authority":"https://issuer.example","Key":"a-secret-of-more-than-thirty-two-bytes"}""")]
    public void Options_that_cannot_be_safe_are_refused_and_show_no_secret(string json)
    {
        var refused = Assert.Throws<ArgumentException>(() => JsonSerializer.Deserialize<JwtOptions>(json)!.Validate());
        Assert.DoesNotContain("secret-of", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of", JsonSerializer.Deserialize<JwtOptions>(json)!.ToString(), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string token)
    {
        var answer = await Requests.SendAsync(_server, RouteTable.All.Single(r => r.Operation == "listRuns"), Bearer(token));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("unauthenticated", (await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
    }

    private static async Task<HttpStatusCode> StatusAsync(RouteServer server, string token) =>
        (await Requests.SendAsync(server, RouteTable.All.Single(r => r.Operation == "listRuns"), Bearer(token))).StatusCode;

    private async Task<HttpStatusCode> StartAsync(string token, string body)
    {
        using var client = new HttpClient { BaseAddress = _server.Tcp.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, RouteTable.Runs) { Headers = { Authorization = Bearer(token) }, Content = new StringContent(body) };
        _server.Runs.Now = Documents.Running();
        return (await client.SendAsync(request)).StatusCode;
    }

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private static JsonObject Claims(string? role)
    {
        var claims = new JsonObject { ["iss"] = Options.Issuer, ["aud"] = Options.Audience, ["sub"] = "ann", ["exp"] = Seconds(300) };
        if (role is not null) claims[Caller.RoleClaim] = role;
        return claims;
    }

    private static long Seconds(int fromNow) => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + fromNow;

    private static string Token(JsonObject claims, string secret = Secret, string algorithm = "HS256")
    {
        var text = Head(algorithm, claims);
        return $"{text}.{(algorithm == "none" ? "" : Base64(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(text))))}";
    }

    private static string Signed(JsonObject claims, RSA key)
    {
        var text = Head("RS256", claims);
        return $"{text}.{Base64(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Head(string algorithm, JsonObject claims) =>
        $"{Base64(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"JWT"}"""))}.{Base64(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";

    private static string Base64(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
