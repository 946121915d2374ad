using System.Text;

namespace Milvus.Optimize.Management.Security;

/// <summary>Who signs the tokens that get in beside API keys, and which of their claims say what a caller may do.</summary>
public sealed record JwtOptions
{
    /// <summary>Shortest secret of a symmetric signature: as long as the hash of HS256.</summary>
    public const int LeastKeyBytes = 32;

    /// <summary>Address of an OpenID Connect provider, whose public keys are read and renewed from there. Needs https, except on the loopback. Excludes the keys below.</summary>
    public Uri? Authority { get; init; }

    /// <summary>What <c>iss</c> must be. Default that of the authority's own document; needed with a key.</summary>
    public string? Issuer { get; init; }

    /// <summary>What <c>aud</c> must hold. Needed: a token that was made for another service must not get in.</summary>
    public string Audience { get; init; } = "";

    /// <summary>Secret of HS256, HS384 or HS512, at least 32 bytes. Never printed.</summary>
    public string? Key { get; init; }

    /// <summary>PEM file of the public key (RSA or EC), or of a certificate, that signs.</summary>
    public string? PublicKeyFile { get; init; }

    /// <summary>Claim with the role: <c>viewer</c>, <c>operator</c> or <c>admin</c>; of several values the highest. Default that of <see cref="Caller.RoleClaim"/>.</summary>
    public string RoleClaim { get; init; } = Caller.RoleClaim;

    /// <summary>Claim with the scope, <c>cluster/database/collection</c>. A token without it may act on all collections. Default that of <see cref="Caller.ScopeClaim"/>.</summary>
    public string ScopeClaim { get; init; } = Caller.ScopeClaim;

    /// <summary>Claim that names the caller in the audit log and for the rate limit. Default <c>sub</c>.</summary>
    public string NameClaim { get; init; } = "sub";

    /// <summary>How far the clocks of signer and node may be apart. Default 30 s.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentException">A value is missing, contradicts another or cannot work; the text says what to do.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(Audience), "Jwt:Audience is missing: tokens that were made for other services would get in");
        Require(new object?[] { Authority, Key, PublicKeyFile }.Count(v => v is not null) == 1, "Jwt: give one of Authority, Key and PublicKeyFile");
        Require(Authority is null || (Authority.IsAbsoluteUri && Authority.UserInfo.Length == 0 && (Authority.Scheme == "https" || (Authority.Scheme == "http" && Authority.IsLoopback))),
            "Jwt:Authority must be an https address without credentials (http on the loopback alone)");
        Require(Authority is not null || !string.IsNullOrWhiteSpace(Issuer), "Jwt:Issuer is missing: with a key of its own the endpoint must know whose tokens it takes");
        Require(Key is null || Encoding.UTF8.GetByteCount(Key) >= LeastKeyBytes, $"Jwt:Key is too short: give at least {LeastKeyBytes} bytes");
        Require(PublicKeyFile is null || File.Exists(PublicKeyFile), $"Jwt:PublicKeyFile: there is no file {PublicKeyFile}");
        Require(ClockSkew >= TimeSpan.Zero && ClockSkew <= TimeSpan.FromMinutes(5), "Jwt:ClockSkew must be 0 to 5 minutes");
        Require(RoleClaim.Length > 0 && ScopeClaim.Length > 0 && NameClaim.Length > 0, "Jwt: the names of claims must not be empty");
    }

    // A record prints every property; the key is nobody's business.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"Authority = {Authority}, Issuer = {Issuer}, Audience = {Audience}, Key = {(Key is null ? "none" : "set")}, PublicKeyFile = {PublicKeyFile}");
        return true;
    }

    private static void Require(bool condition, string whatToDo)
    {
        if (!condition) throw new ArgumentException(whatToDo);
    }
}
