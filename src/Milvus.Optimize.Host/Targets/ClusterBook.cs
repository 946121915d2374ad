using System.Collections.Immutable;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Host.CommandLine;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;
using Milvus.Optimize.Management;

namespace Milvus.Optimize.Host.Targets;

/// <summary>The Milvus clusters of a node: those that requests bring, and those that earlier ones brought and unfinished runs may need.</summary>
internal sealed class ClusterBook(IClusterSet clusters, ClusterFile file, BuiltInSimulator simulator, Dictionary<string, Credentials> credentials, TimeProvider time)
    : IRunTargets, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, MilvusConnectionOptions> _connected = [];
    private readonly List<MilvusGateway> _gateways = [];

    /// <summary>Of every cluster, for the node that takes over.</summary>
    public ImmutableDictionary<string, Credentials> Held => credentials.ToImmutableDictionary();

    /// <inheritdoc/>
    public async Task<ClusterName> BringAsync(RunTarget target, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return target.Simulator ? await BringSimulatorAsync(cancellationToken) : await BringServerAsync(target, cancellationToken);
        }
        catch (ArgumentException e) when (e is not ParamException)
        {
            throw new ParamException(Plain.Text(e));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Makes clusters of earlier requests reachable, or holds their runs where credentials are missing.</summary>
    /// <param name="only">Null for all of them.</param>
    /// <param name="cancellationToken">Stops between two of them.</param>
    public async Task ConnectKnownAsync(ClusterName? only, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            foreach (var known in file.Read().Where(k => !_connected.ContainsKey(k.Name) && (only is null || only.Value == k.Name)))
                await ConnectAsync(known, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways) await gateway.DisposeAsync();
        await simulator.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<ClusterName> BringSimulatorAsync(CancellationToken cancellationToken)
    {
        var known = new KnownCluster(ClusterName.Simulator.Value, true, null, false, null, null, null);
        if (!_connected.ContainsKey(known.Name)) await ConnectAsync(known, cancellationToken);
        Remember(known);
        return ClusterName.Simulator;
    }

    private async Task<ClusterName> BringServerAsync(RunTarget target, CancellationToken cancellationToken)
    {
        if (target.Address is null) throw new ParamException("target has neither an address nor simulator: give one of them");
        var address = MilvusAddress.Parse(target.Address);
        var name = ClusterName.FromAddress(address);
        var before = file.Read().FirstOrDefault(k => k.Name == name.Value);
        var brought = Credentials.Of(target.Token, target.User, target.Password);
        var held = brought ?? credentials.GetValueOrDefault(name.Value);
        if (held is null && before is { NeedsCredentials: true })
            throw new ParamException($"{address.Authority} was used with credentials before: bring them again by MILVUS_TOKEN, --token or --user");

        var known = new KnownCluster(name.Value, false, address.ToString(), held is not null, target.CaFile, target.CertificateFile, target.KeyFile);
        var options = known.Connection(held);
        options.Validate();
        if (_connected.GetValueOrDefault(name.Value) is { } present && present != options) await CheckAsync(options, cancellationToken);
        if (brought is not null) credentials[name.Value] = brought;
        Connect(name, options);
        Remember(known);
        return name;
    }

    // Other runs use what is there: only what gets in may replace it.
    private async Task CheckAsync(MilvusConnectionOptions options, CancellationToken cancellationToken)
    {
        await using var gateway = new MilvusGateway(options, time);
        try
        {
            await gateway.DescribeServerAsync("default", cancellationToken);
        }
        catch (MilvusException e)
        {
            throw new OptimizeProblemException(new(MilvusAnswer.CodeOf(e.Failure), $"{options.Address.Authority}: {e.Message}", e.Failure.Kind == MilvusFailureKind.Transient, MilvusCode: e.Code));
        }
    }

    private async Task ConnectAsync(KnownCluster known, CancellationToken cancellationToken)
    {
        var name = new ClusterName(known.Name);
        try
        {
            if (known.Simulator)
                Connect(name, new() { Address = await simulator.StartAsync(cancellationToken) });
            else if (known.NeedsCredentials && !credentials.ContainsKey(known.Name))
                clusters.Hold(name, new("CredentialsMissing", $"{known.Address} needs credentials that this node was not given: run optimize on it again, or set MILVUS_URI and MILVUS_TOKEN"));
            else
                Connect(name, known.Connection(credentials.GetValueOrDefault(known.Name)));
        }
        catch (ArgumentException e)
        {
            clusters.Hold(name, new("TargetInvalid", e.Message));
        }
    }

    private void Connect(ClusterName name, MilvusConnectionOptions options)
    {
        if (_connected.GetValueOrDefault(name.Value) == options) return;
        var gateway = new MilvusGateway(options, time);
        // What is replaced may have calls under way; it goes with the node.
        _gateways.Add(gateway);
        _connected[name.Value] = options;
        clusters.Set(name, gateway);
    }

    private void Remember(KnownCluster known)
    {
        var all = file.Read();
        if (all.Contains(known)) return;
        file.Write([.. all.Where(k => k.Name != known.Name), known]);
    }
}
