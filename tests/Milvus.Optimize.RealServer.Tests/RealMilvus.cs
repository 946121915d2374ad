using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Milvus.Optimize.RealServer.Tests;

/// <summary>
/// A real Milvus: one that MILVUS_TEST_ADDRESS names, or one that is started from the shared folder beside the checkout. Where there is neither, the tests
/// say so and are skipped.
/// </summary>
public sealed class RealMilvus : IAsyncDisposable
{
    private readonly Process? _process;

    private RealMilvus(Uri address, Process? process) => (Address, _process) = (address, process);

    public Uri Address { get; }

    /// <summary>Why there is none; null when there is one.</summary>
    public static string? Missing => Environment.GetEnvironmentVariable("MILVUS_TEST_ADDRESS") is not null || Script is not null
        ? null
        : "no real Milvus: set MILVUS_TEST_ADDRESS to one that may be written to, or put shared/milvus-2.3.5 beside the checkout";

    /// <summary>Why none can be killed and started again.</summary>
    public static string? MissingScript => Script is null ? "no real Milvus that may be killed: put shared/milvus-2.3.5 beside the checkout" : null;

    private static string? Script
    {
        get
        {
            var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Milvus.Optimize.Actors.sln"))) folder = folder.Parent;
            var script = folder?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "milvus-2.3.5", "run") : "";
            return File.Exists(script) ? script : null;
        }
    }

    public static async Task<RealMilvus> ConnectOrStartAsync() => Environment.GetEnvironmentVariable("MILVUS_TEST_ADDRESS") is { } address
        ? new(new Uri(address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}"), null)
        : await StartAsync(FreePorts(), null, autoCompaction: false);

    /// <summary>Starts one of our own. The server's process is killed with this object's.</summary>
    public static async Task<RealMilvus> StartAsync(int port, string? data, bool autoCompaction, bool authorization = false)
    {
        var start = new ProcessStartInfo(Script!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--port", $"{port}", .. data is null ? Array.Empty<string>() : ["--data", data], .. autoCompaction ? Array.Empty<string>() : ["--no-auto-compaction"], .. authorization ? ["--auth"] : Array.Empty<string>()])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await process.StandardOutput.ReadLineAsync(over.Token) is { } line)
        {
            if (line.StartsWith("listening on ", StringComparison.Ordinal)) return new(new Uri(line["listening on ".Length..]), process);
        }

        throw new InvalidOperationException($"Milvus did not start: {await process.StandardError.ReadToEndAsync(over.Token)}");
    }

    /// <summary>A port with eleven free ones after it.</summary>
    public static int FreePorts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return port > 60000 ? port - 20 : port;
    }

    /// <summary>As a power cut: the server and everything below it.</summary>
    public async Task KillAsync()
    {
        if (_process is null || _process.HasExited) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();

        // The script is gone; its children, and the ports they hold, follow a moment later.
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Enumerable.Range(Address.Port, 12).Any(IsTaken)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, over.Token);
    }

    private static bool IsTaken(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }
}
