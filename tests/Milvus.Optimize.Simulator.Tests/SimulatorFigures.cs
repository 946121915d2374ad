using System.Diagnostics;
using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Wire;
using Xunit.Abstractions;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>
/// How much a simulator holds and how fast it answers, clients and server in one process: 10,000 simple calls a second on two cores, on a machine that does
/// nothing else. The rate of a bare HTTP/2 handler, taken in the same run, tells what else the machine did.
/// </summary>
[Trait("Category", "Long")]
public sealed class SimulatorFigures(ITestOutputHelper output)
{
    private const int EmptyMessage = 5;
    private const int Collections = 10_000;
    private const int SegmentsEach = 50;
    private const int Clients = 4;
    private const int Asked = 10_000;
    private const int CallsAtOnce = 50;

    // The compiler is done with the hot paths by then; measured cold, whoever comes first looks slow.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Ten_thousand_collections_of_fifty_segments_are_held_and_answered_fast()
    {
        await using var limit = await EmptyService();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var server = await SimulatorServer.StartAsync(new SimulatorOptions { Scenario = "pleasant" });
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Collections; i++)
            server.Control.AddCollection(new CollectionSpec { Name = $"c{i}", Segments = [new() { Rows = 50_000, Count = SegmentsEach }] });
        var megabytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024;
        output.WriteLine($"{Collections} collections of {SegmentsEach} segments: made in {watch.Elapsed.TotalSeconds:0.0} s, {megabytes:0} MB on the heap");

        var next = 0;
        string Name() => $"c{Interlocked.Increment(ref next) % Collections}";
        var empty = await Rate("an empty handler", new Uri(limit.Urls.Single()), client => client.GetVersionAsync(new()).ResponseAsync);
        var version = await Rate("GetVersion", server.Address, client => client.GetVersionAsync(new()).ResponseAsync);
        var state = await Rate("GetCompactionState", server.Address, client => client.GetCompactionStateAsync(new() { CompactionID = 7 }).ResponseAsync);
        var load = await Rate("GetLoadState of any collection", server.Address, client => client.GetLoadStateAsync(new() { CollectionName = Name() }).ResponseAsync);
        var index = await Rate("DescribeIndex of any collection", server.Address, client => client.DescribeIndexAsync(new() { CollectionName = Name() }).ResponseAsync);
        var segments = await Rate("GetPersistentSegmentInfo (50) of any collection", server.Address, client => client.GetPersistentSegmentInfoAsync(new() { CollectionName = Name() }).ResponseAsync);

        // Once more at the end: the process has grown faster meanwhile, and a limit must be taken when it is fastest.
        var again = await Rate("the empty handler again", new Uri(limit.Urls.Single()), client => client.GetVersionAsync(new()).ResponseAsync);

        // Every call that a client counted has reached the server: a refused alias leaves a line in the log, and nothing else.
        var lines = server.Control.Log.Count;
        var made = 0;
        await Rate("a refused DropAlias, logged", server.Address, async client =>
        {
            await client.DropAliasAsync(new() { Alias = "none" });
            Interlocked.Increment(ref made);
        });
        Assert.Equal(made, server.Control.Log.Count - lines);

        Assert.Equal(SegmentsEach, server.Control.Find("c9999")!.Segments.Count);
        Assert.True(megabytes < 700, $"{megabytes:0} MB");
        Assert.All([version, state, load, index, segments], rate => Assert.True(rate > Asked, $"{rate:0} beside {Math.Max(empty, again):0} calls a second of a bare handler"));
    }

    /// <summary>Every change writes the whole file, so a large world is for reading: what is kept in between is what a change costs.</summary>
    [Fact]
    public void Ten_thousand_collections_of_fifty_segments_in_a_data_file()
    {
        var options = new SimulatorOptions { Scenario = "pleasant", DataFile = Path.Combine(Path.GetTempPath(), $"figures-{Guid.NewGuid():N}.json") };
        using (var simulation = new Simulation(options))
        {
            simulation.Change(world =>
            {
                for (var i = 0; i < Collections; i++) WorldSetup.Add(new CollectionSpec { Name = $"c{i}", Segments = [new() { Rows = 50_000, Count = SegmentsEach }] }, world);
            });
            var change = Stopwatch.StartNew();
            simulation.Change(world => world.Catalog.CreateAlias("default", "another", "c9999"));
            output.WriteLine($"a change: {change.Elapsed.TotalSeconds:0.0} s, {new FileInfo(options.DataFile).Length / 1024.0 / 1024:0} MB in the file");
        }

        var start = Stopwatch.StartNew();
        using var again = new Simulation(options);
        output.WriteLine($"started again with it in {start.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(SegmentsEach, again.Read(world => world.SegmentsOf(world.Catalog.Find("default", "another")!.Id).Count));
        File.Delete(options.DataFile);
    }

    private async Task<double> Rate(string what, Uri address, Func<MilvusService.MilvusServiceClient, Task> call)
    {
        var channels = Enumerable.Range(0, Clients).Select(_ => GrpcChannel.ForAddress(address)).ToList();
        var clients = channels.Select(channel => new MilvusService.MilvusServiceClient(channel)).ToList();
        await Calls(clients, call, WarmUp);
        var cpu = Environment.CpuUsage.TotalTime;
        var rate = await Calls(clients, call, Measured);
        var cores = (Environment.CpuUsage.TotalTime - cpu) / Measured;
        output.WriteLine($"{what}: {rate:0} calls a second on {cores:0.0} cores");
        foreach (var channel in channels) channel.Dispose();
        return rate;
    }

    private static async Task<double> Calls(List<MilvusService.MilvusServiceClient> clients, Func<MilvusService.MilvusServiceClient, Task> call, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var calls = await Task.WhenAll(clients.SelectMany(client => Enumerable.Range(0, CallsAtOnce).Select(async _ =>
        {
            var made = 0;
            for (; watch.Elapsed < time; made++) await call(client);
            return made;
        })));
        return calls.Sum() / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The smallest answer that is a gRPC one: an empty message and a status of 0.</summary>
    private static async Task<WebApplication> EmptyService()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(async http =>
        {
            while (await http.Request.BodyReader.ReadAsync() is { IsCompleted: false } read) http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            http.Response.ContentType = "application/grpc";
            // Not flushed here: a flush of its own is a second write to the socket, and made this slower than what it is the limit of.
            http.Response.BodyWriter.GetSpan(EmptyMessage)[..EmptyMessage].Clear();
            http.Response.BodyWriter.Advance(EmptyMessage);
            http.Response.AppendTrailer("grpc-status", "0");
        });
        await app.StartAsync();
        return app;
    }
}
