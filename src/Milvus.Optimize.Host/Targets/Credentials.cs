using System.Text;
using System.Text.Json;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Gateway;

namespace Milvus.Optimize.Host.Targets;

/// <summary>What gets a node into one Milvus. Held in memory, handed to a background node by its environment, written nowhere.</summary>
internal sealed record Credentials(string? Token, string? User, string? Password)
{
    /// <summary>How a node hands what it holds to the background node that takes over.</summary>
    public const string HandOverVariable = "MILVUS_OPTIMIZE_CREDENTIALS";

    public static Credentials? Of(string? token, string? user, string? password) => (token ?? user) is null ? null : new(token, user, password);

    /// <summary>Those that the environment brings: of a node that handed over, and <c>MILVUS_TOKEN</c> for the server of <c>MILVUS_URI</c>.</summary>
    public static Dictionary<string, Credentials> FromEnvironment(Func<string, string?> variable)
    {
        var all = new Dictionary<string, Credentials>();
        if (variable("MILVUS_URI") is { Length: > 0 } uri && variable("MILVUS_TOKEN") is { Length: > 0 } token && NameOf(uri) is { } name)
            all[name] = new(token, null, null);
        if (variable(HandOverVariable) is not { Length: > 0 } json) return all;
        foreach (var (cluster, credentials) in JsonSerializer.Deserialize<Dictionary<string, Credentials>>(json)!) all[cluster] = credentials;
        return all;
    }

    // A record prints every property; these are secrets.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Token is null ? "user and password" : "token");
        return true;
    }

    private static string? NameOf(string uri)
    {
        try
        {
            return ClusterName.FromAddress(MilvusAddress.Parse(uri)).Value;
        }
        catch (ArgumentException)
        {
            // The command that uses it says what is wrong with it; a node that only passes by need not.
            return null;
        }
    }
}
