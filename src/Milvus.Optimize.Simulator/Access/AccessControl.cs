using System.Text;
using Grpc.Core;

namespace Milvus.Optimize.Simulator.Access;

/// <summary>Who may call: refusals are gRPC statuses with the recorded texts, not Milvus codes.</summary>
internal sealed class AccessControl(string? token, IReadOnlyList<UserSpec> users, GenerationRules rules)
{
    public void Admit(string rpc, string? authorization, string database)
    {
        if (token is null && users.Count == 0) return;
        var given = Decoded(authorization ?? throw Unauthenticated("missing authorization in header"));
        if (given == token) return;
        var user = users.FirstOrDefault(user => given == $"{user.Name}:{user.Password}") ?? throw Unauthenticated(given.Contains(':')
            ? "auth check failure, please check username and password are correct"
            : "auth check failure, please check api key is correct");
        if (Privileges.Of(rpc, rules.CompactsById) is not { } privilege || user.Grants.Contains("*") || user.Grants.Contains(privilege)) return;
        throw new RpcException(new Status(
            StatusCode.PermissionDenied,
            $"Privilege{privilege}: permission deny to {user.Name}" + (rules.CompactsById ? "" : $" in the `{database}` database")));
    }

    private static string Decoded(string header)
    {
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length)) throw Unauthenticated("invalid token format");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static RpcException Unauthenticated(string text) => new(new Status(StatusCode.Unauthenticated, text));
}
