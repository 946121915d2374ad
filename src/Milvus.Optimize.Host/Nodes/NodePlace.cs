using System.Text;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Where a command's node is: a state folder on this machine, or a server.</summary>
/// <param name="State">Null takes the default folder.</param>
/// <param name="Server">Null: the state folder's node.</param>
/// <param name="Key">An API key for the server.</param>
/// <param name="Cluster">The server's cluster that a context names.</param>
internal sealed record NodePlace(string? State, Uri? Server = null, string? Key = null, string? Cluster = null)
{
    // A record prints every property; the key is a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Server is null ? $"State = {State}" : $"Server = {Server}");
        return true;
    }
}
