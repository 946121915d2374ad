using System.Text;
using Grpc.Core;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Access;

/// <summary>Who may call: refusals are gRPC statuses with the recorded texts, not Milvus codes.</summary>
internal sealed class AccessControl(string? token, IReadOnlyList<UserSpec> users, GenerationRules rules)
{
    /// <summary>Whether credentials are asked for. Users that are made over the wire do not switch that on.</summary>
    public bool IsOn { get; } = token is not null || users.Count > 0;

    /// <summary>Users that the server begins with. An API key is none.</summary>
    public IEnumerable<UserSpec> Known
    {
        get
        {
            if (!IsOn) return [new UserSpec(Users.Root, "Milvus") { Grants = ["*"] }];
            return token?.Split(':', 2) is [var name, var password] ? [.. users, new UserSpec(name, password) { Grants = ["*"] }] : users;
        }
    }

    /// <param name="rpc">Its bare name.</param>
    /// <param name="authorization">The header's value; null when it is missing.</param>
    /// <param name="database">That the call is about.</param>
    /// <param name="subject">Name of the user that the call is about: everybody may look at and change oneself.</param>
    /// <param name="known">Everybody with a password.</param>
    public void Admit(string rpc, string? authorization, string database, string? subject, Users known)
    {
        var given = Decoded(authorization ?? throw Unauthenticated("missing authorization in header"));
        if (given.Split(':', 2) is not [var name, var password])
        {
            if (given == token) return;
            throw Unauthenticated("auth check failure, please check api key is correct");
        }

        var user = known.Find(name, password) ?? throw Unknown();
        if (Privileges.Of(rpc, rules.CompactsById) is not { } privilege || user.Grants.Contains("*") || user.Grants.Contains(privilege)) return;
        if (subject == name && Privileges.OfOneself.Contains(privilege)) return;
        throw new RpcException(new Status(
            StatusCode.PermissionDenied,
            $"Privilege{privilege}: permission deny to {user.Name}" + (rules.CompactsById ? "" : $" in the `{database}` database")));
    }

    /// <summary>Nobody has this name and password.</summary>
    public static RpcException Unknown() => Unauthenticated("auth check failure, please check username and password are correct");

    private static string Decoded(string header)
    {
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length)) throw Unauthenticated("invalid token format");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static RpcException Unauthenticated(string text) => new(new Status(StatusCode.Unauthenticated, text));
}
