using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Milvus.Optimize.Management.Security;

/// <summary><c>Authorization: Bearer mok_...</c>. All failures look the same from outside; the log says which it was, by the key's id.</summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IApiKeys keys, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "MilvusOptimizeKey";
    private const string Prefix = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? header = Request.Headers.Authorization;
        if (header is null || !header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (ApiKeyText.TryParse(header[Prefix.Length..].Trim()) is not { } text) return AuthenticateResult.Fail("no key of this form");
        if (await keys.FindAsync(text.Id, Context.RequestAborted) is not { } key || !text.Is(key.Hash)) return AuthenticateResult.Fail("unknown key");
        if (!key.IsValidAt(time.GetUtcNow())) return AuthenticateResult.Fail($"key {key.Id} is {(key.RevokedAt is null ? "expired" : "revoked")}");
        var claims = new[] { new Claim(ClaimTypes.Name, $"{key.Name} ({key.Id})"), new Claim(Caller.RoleClaim, key.Role.ToString()), new Claim(Caller.ScopeClaim, key.Scope) };
        return AuthenticateResult.Success(new(new(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }
}
