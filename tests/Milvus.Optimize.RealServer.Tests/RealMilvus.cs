using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Milvus.Optimize.Storage.Tests;

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

    private static readonly Lazy<string?> NotStarting = new(() => Task.Run(TryAsync).GetAwaiter().GetResult());

    /// <summary>Why there is none; null when there is one.</summary>
    public static string? Missing => Environment.GetEnvironmentVariable("MILVUS_TEST_ADDRESS") is not null ? null
        : Script is null ? "no real Milvus: set MILVUS_TEST_ADDRESS to one that may be written to, or put shared/milvus-2.3.5 beside the checkout"
        : NotStarting.Value;

    /// <summary>Why none can be killed and started again.</summary>
    public static string? MissingScript => Script is null ? "no real Milvus that may be killed: put shared/milvus-2.3.5 beside the checkout" : NotStarting.Value;

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

    /// <summary>Not every machine that has the program can run it: then it is as if there were none.</summary>
    private static async Task<string?> TryAsync()
    {
        try
        {
            await using var server = await StartAsync(autoCompaction: false);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException or System.ComponentModel.Win32Exception)
        {
            return $"the real Milvus beside the checkout does not run on this machine: {e.Message}";
        }
    }

    public static async Task<RealMilvus> ConnectOrStartAsync() => Environment.GetEnvironmentVariable("MILVUS_TEST_ADDRESS") is { } address
        ? new(new Uri(address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}"), null)
        : await StartAsync(autoCompaction: false);

    /// <summary>Starts one of our own, on ports of our own if none is given. The server's process is killed with this object's.</summary>
    public static async Task<RealMilvus> StartAsync(bool autoCompaction, bool authorization = false, string? data = null, int? port = null)
    {
        // It takes twelve ports one after the other, and ends when anybody else on the machine took one first.
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StartOnceAsync(port ?? FreePorts.Row(12), data, autoCompaction, authorization);
            }
            catch (InvalidOperationException) when (port is null && tries < 4)
            {
            }
        }
    }

    private static async Task<RealMilvus> StartOnceAsync(int port, string? data, bool autoCompaction, bool authorization)
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
