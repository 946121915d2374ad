using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Milvus.Optimize.Management.Security;

/// <summary><c>Authorization: Bearer mok_...</c>. All failures look the same from outside.</summary>
internal static class ApiKeyCheck
{
    private const string Name = "MilvusOptimizeKey";
    private const string Prefix = "Bearer ";

    /// <summary>Whether the header holds a key, good or bad, and not some other token.</summary>
    public static bool IsKey(string credential) => credential.StartsWith($"{Prefix}mok_", StringComparison.OrdinalIgnoreCase);

    /// <param name="context">The request.</param>
    /// <param name="credential">The whole header.</param>
    public static async Task<AuthenticateResult> CheckAsync(HttpContext context, string credential)
    {
        if (!credential.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (ApiKeyText.TryParse(credential[Prefix.Length..].Trim()) is not { } text) return AuthenticateResult.Fail("no key of this form");
        var (keys, time) = (context.RequestServices.GetRequiredService<IApiKeys>(), context.RequestServices.GetRequiredService<TimeProvider>());
        if (await keys.FindAsync(text.Id, context.RequestAborted) is not { } key || !text.Is(key.Hash)) return AuthenticateResult.Fail("unknown key");
        if (!key.IsValidAt(time.GetUtcNow())) return AuthenticateResult.Fail("expired or revoked");
        var claims = new[] { new Claim(ClaimTypes.Name, $"{key.Name} ({key.Id})"), new Claim(Caller.RoleClaim, key.Role.ToString()), new Claim(Caller.ScopeClaim, key.Scope) };
        return AuthenticateResult.Success(new(new(new ClaimsIdentity(claims, Name)), Name));
    }
}
