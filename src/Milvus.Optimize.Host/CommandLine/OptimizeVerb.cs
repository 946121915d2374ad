using System.CommandLine;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>optimize COLLECTION</c>.</summary>
internal sealed class OptimizeVerb
{
    private readonly Argument<string> _collection = new("COLLECTION")
    {
        Description = "Name or alias.",
        CustomParser = r => SharedOptions.Read(r, MilvusNames.Collection),
    };

    private readonly Option<TargetSize> _targetSize = new("--target-size")
    {
        Description = "Size that merged segments should reach: 1GB, 512MB, 1.5gb; a bare number is bytes. Default auto: as large as the server's memory allows.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => TargetSize.Automatic,
        CustomParser = r => SharedOptions.Read(r, text => text == "auto" ? TargetSize.Automatic : TargetSize.Parse(text)),
    };

    private readonly Option<bool> _flush = new("--flush") { Description = "Flush growing rows first, so that they are merged too." };
    private readonly Option<bool> _force = new("--force") { Description = "Merge even if nothing would be gained." };

    private readonly Option<string?> _key = new("--key")
    {
        Description = "The same key gets the same run, up to 7 days after its end. Default: a new one.",
        HelpName = "KEY",
        CustomParser = r => SharedOptions.Read(r, text => text.Length is >= 1 and <= 200 ? text : throw new ParamException("--key has 1 to 200 characters")),
    };

    private readonly Option<string> _database = MilvusOptions.Database();
    private readonly MilvusOptions _milvus = new();
    private readonly Option<TimeSpan> _timeout = SharedOptions.Duration("--timeout", "How long to wait; the run goes on after it (exit code 6). Default: until the end.", null);
    private readonly Option<TimeSpan> _deadline = SharedOptions.Duration("--deadline", "How long the run itself may take. Default 24h.", "24h");
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Return as soon as the run is durable; a background node carries it on." };
    private readonly Option<string> _output = SharedOptions.Format(SharedOptions.EachChange);
    private readonly PlaceOptions _place = new();

    private readonly Option<ClusterName?> _cluster = new("--cluster")
    {
        Description = "With --server: the name of the Milvus cluster there.",
        HelpName = "NAME",
        CustomParser = r => SharedOptions.Read<ClusterName?>(r, text => new(text)),
    };

    public Command Create(CommandEnvironment environment)
    {
        var command = new Command("optimize", "Merge a collection's segments, wait for its indexes, refresh its load, and prove it.")
        {
            _collection, _targetSize, _flush, _force, _key, _database, _timeout, _deadline, _noWait, _output, _cluster,
        };
        _milvus.AddTo(command);
        _place.AddTo(command);
        command.SetAction((parsed, _) => new OptimizeFlow(environment, Arguments(parsed, environment)).RunAsync());
        return command;
    }

    /// <summary>What was typed, completed from the environment.</summary>
    /// <exception cref="ParamException">Options contradict each other.</exception>
    public OptimizeArguments Arguments(ParseResult parsed, CommandEnvironment environment)
    {
        var (given, terminal, place) = (_milvus.Given(parsed), environment.Terminal, _place.Of(parsed, environment.Variable));
        var cluster = parsed.GetValue(_cluster) ?? (place.Cluster is { } known ? new ClusterName(known) : null);
        Check(place, cluster, given);
        var target = place.Server is not null ? null : Targeting.Of(given, environment.Variable, terminal.CanAsk ? terminal.AskPassword : null);
        return new(
            parsed.GetRequiredValue(_collection), parsed.GetRequiredValue(_database),
            new(parsed.GetValue(_targetSize), parsed.GetValue(_flush), parsed.GetValue(_force)), parsed.GetValue(_key), target,
            parsed.GetResult(_timeout) is null ? null : parsed.GetValue(_timeout), parsed.GetValue(_deadline), parsed.GetValue(_noWait),
            parsed.GetValue(_output)!, place, cluster);
    }

    // A server takes no target from afar: its clusters are its own business.
    private static void Check(NodePlace place, ClusterName? cluster, RunTarget given)
    {
        if (place.Server is null && cluster is not null) throw new ParamException("--cluster belongs to --server; a Milvus is named by --milvus");
        if (place.Server is null) return;
        if (cluster is null) throw new ParamException("with --server say which of its clusters by --cluster; milvus-optimize collections lists them, and context add --cluster remembers one");
        if (MilvusOptions.IsAny(given))
            throw new ParamException("--milvus and its credentials go to a node of this machine alone: with --server name one of its clusters by --cluster");
    }
}
