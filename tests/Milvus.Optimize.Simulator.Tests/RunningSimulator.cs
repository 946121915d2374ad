using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>A simulator on a loopback port with a clock that the test turns, and a plain client that knows only the wire.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    public const long Auto = long.MaxValue;

    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly GrpcChannel _channel;

    private RunningSimulator(SimulatorServer server, FakeTimeProvider time)
    {
        Server = server;
        Time = time;
        _channel = GrpcChannel.ForAddress(server.Address);
        Milvus = new MilvusService.MilvusServiceClient(_channel);
    }

    public SimulatorServer Server { get; }

    public FakeTimeProvider Time { get; }

    public MilvusService.MilvusServiceClient Milvus { get; }

    public SimulatorControl Control => Server.Control;

    public IEnumerable<LogEntry> Triggers => Control.Log.Where(entry => entry.Rpc == "ManualCompaction");

    public static async Task<RunningSimulator> Start(string generation = "g4", string scenario = "pleasant", Func<SimulatorOptions, SimulatorOptions>? more = null)
    {
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-22T22:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var options = new SimulatorOptions { Generation = generation, Scenario = scenario, TimeProvider = time };
        var server = await SimulatorServer.StartAsync(more is null ? options : more(options));
        return new RunningSimulator(server, time);
    }

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public CollectionView Books => Control.Find("books")!;

    public static CallOptions Within(double seconds) => new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(seconds));

    public async Task<ManualCompactionResponse> Compact(string name = "books", long targetSize = Auto) =>
        await Milvus.ManualCompactionAsync(new() { CollectionID = Control.Find(name)?.Id ?? 0, CollectionName = name, TargetSize = targetSize });

    public async Task<GetCompactionStateResponse> State(long id) => await Milvus.GetCompactionStateAsync(new() { CompactionID = id });

    public async Task<GetCompactionPlansResponse> Plans(long id) => await Milvus.GetCompactionStateWithPlansAsync(new() { CompactionID = id });

    public async Task<IReadOnlyList<PersistentSegmentInfo>> Segments(string name = "books") =>
        (await Milvus.GetPersistentSegmentInfoAsync(new() { CollectionName = name })).Infos;

    public async Task<IReadOnlyList<QuerySegmentInfo>> Served(string name = "books") =>
        (await Milvus.GetQuerySegmentInfoAsync(new() { CollectionName = name })).Infos;

    public async Task<IndexDescription> Index(ulong timestamp, string name = "books") =>
        (await Milvus.DescribeIndexAsync(new() { CollectionName = name, Timestamp = timestamp })).IndexDescriptions.Single();

    public async Task<ulong> Timestamp() => (await Milvus.AllocTimestampAsync(new())).Timestamp;

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await Server.DisposeAsync();
    }
}
