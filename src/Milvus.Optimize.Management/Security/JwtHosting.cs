using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>JSON web tokens beside API keys: the same gate, the same roles and scopes.</summary>
public static class JwtHosting
{
    internal const string SchemeName = "MilvusOptimizeJwt";

    // One kind of key takes one kind of signature: a public key must never be taken for a secret, and none is no signature at all.
    private static readonly string[] Symmetric = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.HmacSha384, SecurityAlgorithms.HmacSha512];
    private static readonly string[] Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Takes tokens on every route. Goes with <see cref="ManagementHosting.AddMilvusOptimizeManagement"/>.</summary>
    /// <exception cref="ArgumentException">An option cannot work, or the key's file cannot be read.</exception>
    public static IServiceCollection AddMilvusOptimizeJwt(this IServiceCollection services, JwtOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var key = SigningKey(options);
        services.AddSingleton(options);
        new AuthenticationBuilder(services).AddJwtBearer(SchemeName, bearer => Configure(bearer, options, key));
        return services.AddAuthentication().Services;
    }

    private static void Configure(JwtBearerOptions bearer, JwtOptions options, SecurityKey? key)
    {
        bearer.MapInboundClaims = false;
        bearer.Authority = options.Authority?.ToString();
        bearer.RequireHttpsMetadata = options.Authority is { IsLoopback: false };
        bearer.IncludeErrorDetails = false;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuer = options.Issuer, ValidateIssuer = true, ValidAudience = options.Audience, ValidateAudience = true, RequireAudience = true,
            IssuerSigningKey = key, ValidateIssuerSigningKey = true, RequireSignedTokens = true, RequireExpirationTime = true, ValidateLifetime = true,
            ValidAlgorithms = options.Key is not null ? Symmetric : Asymmetric, ClockSkew = options.ClockSkew, NameClaimType = options.NameClaim,
        };
        bearer.Events = new() { OnMessageReceived = LeaveKeys, OnTokenValidated = context => Admit(context, options) };
    }

    /// <summary>A host's only scheme is asked for every request: a key is none of its tokens.</summary>
    private static Task LeaveKeys(MessageReceivedContext context)
    {
        if (ApiKeyCheck.IsKey(context.Request.Headers.Authorization.ToString())) context.NoResult();
        return Task.CompletedTask;
    }

    /// <summary>Makes the claims that the gate reads of the token's own; a token that says nothing clear gets nowhere.</summary>
    private static Task Admit(TokenValidatedContext context, JwtOptions options)
    {
        var principal = context.Principal!;
        var roles = principal.FindAll(options.RoleClaim).SelectMany(c => c.Value.Split(' ')).Select(Caller.RoleOf).OfType<Role>().ToList();
        var scopes = principal.FindAll(options.ScopeClaim).Select(c => c.Value).ToList();
        var name = principal.FindFirstValue(options.NameClaim);
        if (name is not { Length: > 0 and <= 200 } || scopes.Count > 1 || !IsScope(scopes.SingleOrDefault() ?? "*"))
        {
            context.Fail("the token names nobody, or has no scope of the form cluster/database/collection");
            return Task.CompletedTask;
        }

        var claims = new List<Claim> { new(ClaimTypes.Name, $"{name} (jwt)"), new(Caller.ScopeClaim, scopes.SingleOrDefault() ?? "*") };
        if (roles.Count > 0) claims.Add(new(Caller.RoleClaim, roles.Max().ToString()));
        context.Principal = new(new ClaimsIdentity(claims, SchemeName));
        return Task.CompletedTask;
    }

    private static bool IsScope(string text)
    {
        try
        {
            CollectionScope.Parse(text);
            return true;
        }
        catch (ParamException)
        {
            return false;
        }
    }

    private static SecurityKey? SigningKey(JwtOptions options)
    {
        if (options.Key is { } secret) return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret));
        if (options.PublicKeyFile is not { } file) return null;
        try
        {
            var pem = File.ReadAllText(file);
            if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal)) return new X509SecurityKey(X509Certificate2.CreateFromPem(pem));
            return TryRsa(pem) ?? (SecurityKey)new ECDsaSecurityKey(Imported(ECDsa.Create(), pem));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"Jwt:PublicKeyFile: {file} holds no public key of RSA or EC, and no certificate: {e.GetType().Name}", e);
        }
    }

    private static RsaSecurityKey? TryRsa(string pem)
    {
        try
        {
            return new(Imported(RSA.Create(), pem));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static T Imported<T>(T algorithm, string pem) where T : AsymmetricAlgorithm
    {
        algorithm.ImportFromPem(pem);
        return algorithm;
    }
}
