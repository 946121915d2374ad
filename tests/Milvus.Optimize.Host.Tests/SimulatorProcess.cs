using System.Diagnostics;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Host.Tests;

/// <summary><c>simulate</c> as a real process, and a plain gRPC client of it.</summary>
internal sealed class SimulatorProcess : IDisposable
{
    private readonly Process _process;
    private readonly GrpcChannel _channel;

    private SimulatorProcess(Process process, string address)
    {
        _process = process;
        _channel = GrpcChannel.ForAddress(address);
        Milvus = new MilvusService.MilvusServiceClient(_channel);
    }

    public MilvusService.MilvusServiceClient Milvus { get; }

    public static async Task<SimulatorProcess> StartAsync(CancellationToken over, params string[] arguments)
    {
        const string listening = "listening on ";
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "simulate", "--port", "0", .. arguments]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(over);
        if (line?.StartsWith(listening, StringComparison.Ordinal) is true) return new SimulatorProcess(process, line[listening.Length..]);
        process.Kill();
        process.Dispose();
        throw new InvalidOperationException($"simulate said '{line}'");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken over)
    {
        _process.Kill();
        await _process.WaitForExitAsync(over);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
        _channel.Dispose();
    }
}
