using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Whose keys a verb is about: a state folder's, or those of the nodes that share a database.</summary>
internal sealed class KeyPlace
{
    private readonly Option<string?> _state = SharedOptions.State();
    private readonly Option<string[]> _set = ClusterNodeVerb.Set();

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The nodes' JSON file: the keys are then in their PostgreSQL, and hold on every node.",
        HelpName = "FILE",
    };

    public Command AddTo(Command command)
    {
        foreach (var option in (Option[])[_state, _config, _set]) command.Options.Add(option);
        command.Validators.Add(r =>
        {
            if (r.GetResult(_set) is not null && r.GetResult(_config) is null) r.AddError("--set needs --config");
            if (r.GetResult(_state) is not null && r.GetResult(_config) is not null) r.AddError("give --state or --config, not both");
        });
        return command;
    }

    /// <exception cref="ParamException">The file cannot work.</exception>
    public Opened Of(ParseResult parsed, CommandEnvironment environment)
    {
        if (parsed.GetValue(_config) is not { } file) return new(new ApiKeyFile(StateFolder.Open(parsed.GetValue(_state)).Keys, environment.Time), null);
        var settings = NodeSettings.Read(file, parsed.GetValue(_set) ?? []);
        var services = new ServiceCollection().AddSingleton(environment.Time).AddOptimizeStorage(settings.Storage).BuildServiceProvider();
        return new(new SharedApiKeys(services.GetRequiredService<IKeyTable>(), environment.Time), services);
    }

    /// <summary>The keys, and what must be closed behind them.</summary>
    internal sealed record Opened(IApiKeys Keys, ServiceProvider? Services) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Services?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
