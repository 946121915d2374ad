using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>What of a connection is dropped, seen from the one that is cut.</summary>
public enum Cut
{
    Both,
    Inbound,
    Outbound,
}

/// <summary>Network namespaces of one test, each with an address of its own, on a bridge to which this process belongs too.</summary>
internal sealed partial class Network : IAsyncDisposable
{
    private const string Database = "db";
    private const string Milvus = "milvus";
    private static readonly string[] Names = ["A", "B", "C", "asking", Database, Milvus];
    private static readonly Lazy<string?> Reason = new(WhyNot);

    // Of the range that is set aside for tests of networks (RFC 2544).
    private readonly string _subnet = $"198.18.{Random.Shared.Next(1, 255)}";
    private readonly string _bridge = $"mo{Random.Shared.Next(0x1000, 0x10000):x}";

    /// <summary>Null where namespaces can be made.</summary>
    public static string? Missing => Reason.Value;

    public string DatabaseAddress => AddressOf(Database);

    public string MilvusAddress => AddressOf(Milvus);

    /// <summary>All addresses that a node may come from.</summary>
    public string Range => $"{_subnet}.0/24";

    public static async Task<Network> CreateAsync()
    {
        var network = new Network();
        await IpAsync("link", "add", network._bridge, "type", "bridge");
        await IpAsync("addr", "add", $"{network._subnet}.1/24", "dev", network._bridge);
        await IpAsync("link", "set", network._bridge, "up");
        foreach (var name in Names)
        {
            var (space, outer) = (network.SpaceOf(name), $"{network._bridge}{Array.IndexOf(Names, name)}");
            await IpAsync("netns", "add", space);
            await IpAsync("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", space);
            await IpAsync("link", "set", outer, "master", network._bridge, "up");
            await IpAsync("-n", space, "addr", "add", $"{network.AddressOf(name)}/24", "dev", "eth0");
            await IpAsync("-n", space, "link", "set", "eth0", "up");
            await IpAsync("-n", space, "link", "set", "lo", "up");
        }

        return network;
    }

    public string AddressOf(string name) => $"{_subnet}.{10 + Array.IndexOf(Names, name)}";

    /// <summary>What starts a program in the namespace.</summary>
    public string[] In(string name) => ["ip", "netns", "exec", SpaceOf(name)];

    public string[] InDatabase => In(Database);

    public string[] InMilvus => In(Milvus);

    /// <summary>The simulator listens on its loopback alone: what comes for its address goes there.</summary>
    public async Task ForwardToMilvusAsync(int port)
    {
        await InsideAsync(Milvus, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet");
        await InsideAsync(Milvus, "nft", $"table ip forward {{ chain pre {{ type nat hook prerouting priority -100; ip daddr {MilvusAddress} tcp dport {port} dnat to 127.0.0.1:{port}; }}; }}");
    }

    /// <summary>From now on nothing of these arrives there, or leaves to them; connections that are open are not closed, they fall silent.</summary>
    public Task CutAsync(string name, Cut cut, params string[] from)
    {
        var addresses = string.Join(", ", from.Select(AddressOf));
        var (inbound, outbound) = (cut == Cut.Outbound ? "" : $"ip saddr {{ {addresses} }} drop;", cut == Cut.Inbound ? "" : $"ip daddr {{ {addresses} }} drop;");
        return InsideAsync(name, "nft", $"table ip cut {{ chain in {{ type filter hook input priority 0; {inbound} }}; chain out {{ type filter hook output priority 0; {outbound} }}; }}");
    }

    public Task CutFromDatabaseAsync(string name) => CutAsync(name, Cut.Both, Database);

    public Task CutFromMilvusAsync(string name) => CutAsync(name, Cut.Both, Milvus);

    public Task HealAsync(string name) => InsideAsync(name, "nft", "delete table ip cut");

    /// <summary>HTTP to what listens on a loopback address inside the namespace.</summary>
    public HttpClient Http(string name, Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = await Task.Factory.StartNew(() => SocketIn(SpaceOf(name)), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                try
                {
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new(handler) { BaseAddress = address };
    }

    public HttpClient HttpToMilvus(Uri address) => Http(Milvus, address);

    public async ValueTask DisposeAsync()
    {
        foreach (var name in Names) await IpAsync("netns", "del", SpaceOf(name));
        await IpAsync("link", "del", _bridge);
    }

    private static Task IpAsync(params string[] arguments) => Shell.RunAsync("ip", arguments);

    private string SpaceOf(string name) => $"{_bridge}-{name}";

    private Task InsideAsync(string name, string program, params string[] arguments)
    {
        var command = In(name);
        return Shell.RunAsync(command[0], [.. command[1..], program, .. arguments]);
    }

    // A socket stays in the namespace of the thread that made it. This thread is none of the pool's, and ends here.
    private static Socket SocketIn(string space)
    {
        using var handle = File.OpenHandle($"/run/netns/{space}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (SetNamespace((int)handle.DangerousGetHandle(), 0) != 0) throw new IOException($"namespace {space} cannot be entered: error {Marshal.GetLastPInvokeError()}");
        return new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    }

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return "network namespaces need root on Linux";
        if (new[] { "ip", "nft" }.FirstOrDefault(p => !"/usr/sbin /sbin /usr/bin /bin".Split(' ').Any(f => File.Exists($"{f}/{p}"))) is { } program)
            return $"no {program}: install Debian's iproute2 and nftables";
        var name = $"mo-{Environment.ProcessId}";
        using var probe = Process.Start("/bin/sh", ["-c", $"ip netns add {name} && ip netns exec {name} nft 'table ip t {{ chain c {{ type filter hook input priority 0; }}; }}'; r=$?; ip netns del {name}; exit $r"]);
        probe.WaitForExit();
        return probe.ExitCode == 0 ? null : "network namespaces or nft rules cannot be made here";
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int type);
}

/// <summary>A test over namespaces, a PostgreSQL and node processes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetworkTheoryAttribute : TheoryAttribute
{
    public NetworkTheoryAttribute() => Skip = DatabaseServer.Missing ?? Network.Missing;
}
