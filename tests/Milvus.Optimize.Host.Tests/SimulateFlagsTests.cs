using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Switches of the simulator that have a flag, each seen on the wire by a plain client.</summary>
public sealed class SimulateFlagsTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Flags_disable_compaction_and_ask_for_a_password()
    {
        var run = _run.InvokeAsync("simulate", "--port", "0", "--compaction-disabled", "--token", "root:Milvus", "--speed", "100");
        using (var channel = await ConnectAsync())
        {
            var milvus = new MilvusService.MilvusServiceClient(channel);
            var stranger = await Assert.ThrowsAsync<RpcException>(async () => await milvus.GetVersionAsync(new()));
            Assert.Equal(StatusCode.Unauthenticated, stranger.StatusCode);
            var root = new Metadata { { "authorization", Convert.ToBase64String("root:Milvus"u8) } };
            Assert.Equal(2, (await milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = long.MaxValue }, root)).Status.Code);
            Assert.Equal(2, (await milvus.GetCompactionStateAsync(new() { CompactionID = 1 }, root)).Status.Code);
        }

        _run.Interruption.Leave();
        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_flag_lets_every_other_list_of_segments_fail_after_a_merge()
    {
        var run = _run.InvokeAsync("simulate", "--port", "0", "--segments-drop", "100000", "--speed", "100");
        using (var channel = await ConnectAsync())
        {
            var milvus = new MilvusService.MilvusServiceClient(channel);
            await milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = long.MaxValue });
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (await CodeAsync() != 600) over.Token.ThrowIfCancellationRequested();
            Assert.Equal((0, 600, 0), (await CodeAsync(), await CodeAsync(), await CodeAsync()));

            async Task<int> CodeAsync() => (await milvus.GetPersistentSegmentInfoAsync(new() { CollectionName = "books" })).Status.Code;
        }

        _run.Interruption.Leave();
        Assert.Equal(0, await run.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task The_help_of_simulate_names_its_switches()
    {
        Assert.Equal(0, await _run.InvokeAsync("simulate", "--help"));
        foreach (var flag in (string[])["--compaction-disabled", "--segments-drop <SECONDS>", "--token <TOKEN>", "--fault <FAULT>", "--list"])
            Assert.Contains(flag, _run.Out.ToString(), StringComparison.Ordinal);
    }

    private async Task<GrpcChannel> ConnectAsync()
    {
        const string listening = "listening on ";
        await _run.Out.Line(listening);
        return GrpcChannel.ForAddress(_run.Out.ToString().Split('\n').Single(line => line.StartsWith(listening, StringComparison.Ordinal))[listening.Length..].Trim());
    }
}
