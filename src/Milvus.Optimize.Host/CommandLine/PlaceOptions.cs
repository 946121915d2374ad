using System.CommandLine;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Which node answers a verb: <c>--state</c>, or <c>--server</c> with <c>--api-key</c>.</summary>
internal sealed class PlaceOptions
{
    public const string ServerVariable = "MILVUS_OPTIMIZE_SERVER";
    public const string KeyVariable = "MILVUS_OPTIMIZE_KEY";

    private readonly Option<string?> _state = SharedOptions.State();

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"Address of a node that listens, such as http://127.0.0.1:7980. Default {ServerVariable}; without either the state folder's node.",
        HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--api-key") { Description = $"Key for --server. Default {KeyVariable}, which no process list shows.", HelpName = "KEY" };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _state, _server, _key }) command.Options.Add(option);
    }

    /// <exception cref="ParamException">The options contradict each other, or the address is none.</exception>
    public NodePlace Of(ParseResult parsed, Func<string, string?> variable)
    {
        var (state, typed, key) = (parsed.GetValue(_state), parsed.GetValue(_server), parsed.GetValue(_key));
        if (state is not null && typed is not null) throw new ParamException("give --state or --server, not both");
        var server = typed ?? (state is null && variable(ServerVariable) is { Length: > 0 } set ? set : null);
        if (server is null)
            return key is null ? new(state) : throw new ParamException($"--api-key belongs to a server: give --server or set {ServerVariable}");
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
            throw new ParamException($"'{ListenAddress.Shown(server)}' is no address of a server: write http://host:port or https://host");
        return new(null, uri, key ?? (variable(KeyVariable) is { Length: > 0 } k ? k : null));
    }
}
