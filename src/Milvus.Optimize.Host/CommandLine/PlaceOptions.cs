using System.CommandLine;
using System.CommandLine.Parsing;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>
/// Which node answers a verb: <c>--state</c>, <c>--server</c> with <c>--api-key</c>, or <c>--context</c>; then what the environment names; then the context
/// in use; then the default state folder.
/// </summary>
internal sealed class PlaceOptions
{
    public const string ServerVariable = "MILVUS_OPTIMIZE_SERVER";
    public const string KeyVariable = "MILVUS_OPTIMIZE_KEY";

    private readonly Option<string?> _context = new("--context")
    {
        Description = $"A server by the name that context add gave it, or {ContextFile.Local}. Default {ContextFile.ContextVariable}, then the one in use.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _state = SharedOptions.State();

    private readonly Option<string?> _server = new("--server")
    {
        Description = $"Address of a node that listens, such as http://127.0.0.1:7980. Default {ServerVariable}; without either the state folder's node.",
        HelpName = "URL",
    };

    private readonly Option<string?> _key = new("--api-key") { Description = $"Key for --server. Default {KeyVariable}, which no process list shows.", HelpName = "KEY" };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _state, _server, _key, _context }) command.Options.Add(option);
    }

    /// <summary>One of them stands on the command line.</summary>
    public bool IsTyped(CommandResult command) => new Option[] { _state, _server, _key, _context }.Any(o => command.GetResult(o) is not null);

    /// <exception cref="ParamException">The options contradict each other, or the address is none.</exception>
    public NodePlace Of(ParseResult parsed, Func<string, string?> variable)
    {
        var (state, typed, key, context) = (parsed.GetValue(_state), parsed.GetValue(_server), parsed.GetValue(_key), parsed.GetValue(_context));
        if (new[] { state, typed, context }.Count(o => o is not null) > 1) throw new ParamException("give one of --state, --server and --context");
        var server = typed ?? (state is null && context is null ? Set(variable(ServerVariable)) : null);
        if (server is not null) return new(null, Address(server), key ?? Set(variable(KeyVariable)));
        if (state is null && ContextFile.Of(variable).Choose(context ?? Set(variable(ContextFile.ContextVariable))) is { } chosen)
            return new(null, Address(chosen.Server), key ?? chosen.Key ?? Set(variable(KeyVariable)), chosen.Cluster);
        return key is null ? new(state) : throw new ParamException($"--api-key belongs to a server: give --server or --context, or set {ServerVariable}");
    }

    /// <exception cref="ParamException">It is none.</exception>
    public static Uri Address(string server) => Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https") && uri.UserInfo.Length == 0
        ? uri
        : throw new ParamException($"'{ListenAddress.Shown(server)}' is no address of a server: write http://host:port or https://host");

    private static string? Set(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
