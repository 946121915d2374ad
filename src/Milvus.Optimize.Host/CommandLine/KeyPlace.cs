using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Client;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Whose keys a verb is about: a state folder's, those of the nodes that share a database, or a server's by its routes.</summary>
internal sealed class KeyPlace
{
    private readonly PlaceOptions _place = new();
    private readonly Option<string[]> _set = ClusterNodeVerb.Set();

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The nodes' JSON file: the keys are then in their PostgreSQL, and hold on every node.",
        HelpName = "FILE",
    };

    public Command AddTo(Command command)
    {
        _place.AddTo(command);
        foreach (var option in (Option[])[_config, _set]) command.Options.Add(option);
        command.Validators.Add(r =>
        {
            if (r.GetResult(_set) is not null && r.GetResult(_config) is null) r.AddError("--set needs --config");
            if (r.GetResult(_config) is not null && _place.IsTyped(r)) r.AddError("give --config, or --state, --server or --context, not both");
        });
        return command;
    }

    /// <exception cref="ParamException">The options contradict each other, or the file cannot work.</exception>
    public IKeyBook Of(ParseResult parsed, CommandEnvironment environment)
    {
        if (parsed.GetValue(_config) is { } file)
        {
            var settings = NodeSettings.Read(file, parsed.GetValue(_set) ?? []);
            var services = new ServiceCollection().AddSingleton(environment.Time).AddOptimizeStorage(settings.Storage).BuildServiceProvider();
            return new KeyBook(new SharedApiKeys(services.GetRequiredService<IKeyTable>(), environment.Time), environment.Time, services);
        }

        var place = _place.Of(parsed, environment.Variable);
        return place.Server is { } server
            ? new ServerKeys(NodeHttp.OverTcp(server, place.Key))
            : new KeyBook(new ApiKeyFile(StateFolder.Open(place.State).Keys, environment.Time), environment.Time, null);
    }
}
