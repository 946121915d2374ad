using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests.Switches;

/// <summary>Somebody who has the simulator's port and nothing else of it: what a switch does has to be seen from here. Time it can let pass, and a server it can start again.</summary>
internal sealed class PlainClient : IDisposable
{
    private readonly RunningSimulator _simulator;
    private readonly GrpcChannel _channel;
    private int _connections;

    public PlainClient(RunningSimulator simulator)
    {
        _simulator = simulator;
        _channel = GrpcChannel.ForAddress(simulator.Server.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { ConnectCallback = ConnectAsync } });
        Milvus = new MilvusService.MilvusServiceClient(_channel);
    }

    public MilvusService.MilvusServiceClient Milvus { get; }

    public int Connections => _connections;

    public void Pass(double seconds) => _simulator.Pass(seconds);

    public void RestartServer() => _simulator.Control.Restart();

    public void TakeSnapshot(string name) => _simulator.Control.TakeSnapshot(name);

    public async Task<long> Id(string name) => (await Milvus.DescribeCollectionAsync(new() { CollectionName = name })).CollectionID;

    public async Task<ManualCompactionResponse> Compact(string name = "books", long target = long.MaxValue) =>
        await Milvus.ManualCompactionAsync(new() { CollectionID = await Id(name), CollectionName = name, TargetSize = target });

    /// <summary>Lets a compaction begin, and so much time pass.</summary>
    public async Task<long> CompactFor(double seconds, string name = "books", long target = long.MaxValue)
    {
        var id = (await Compact(name, target)).CompactionID;
        Pass(seconds);
        return id;
    }

    public async Task<CompactionState> State(long id) => (await Milvus.GetCompactionStateAsync(new() { CompactionID = id })).State;

    public async Task<IReadOnlyList<CompactionMergeInfo>> Plans(long id) => (await Milvus.GetCompactionStateWithPlansAsync(new() { CompactionID = id })).MergeInfos;

    public async Task<IReadOnlyList<PersistentSegmentInfo>> Segments(string name = "books", string database = "") =>
        (await Milvus.GetPersistentSegmentInfoAsync(new() { CollectionName = name, DbName = database })).Infos;

    public async Task<IReadOnlyList<QuerySegmentInfo>> Served(string name = "books") => (await Milvus.GetQuerySegmentInfoAsync(new() { CollectionName = name })).Infos;

    /// <summary>Asked with a timestamp of now.</summary>
    public async Task<IndexDescription> Index(string name = "books") => (await Milvus.DescribeIndexAsync(new()
    {
        CollectionName = name,
        Timestamp = (await Milvus.AllocTimestampAsync(new())).Timestamp,
    })).IndexDescriptions.Single();

    public async Task<long> RefreshProgress() => (await Milvus.GetLoadingProgressAsync(new() { CollectionName = "books" })).RefreshProgress;

    public async Task<Status> Load(bool refresh = false) => await Milvus.LoadCollectionAsync(new() { CollectionName = "books", Refresh = refresh });

    public async Task<bool> IsFlushed(double seconds)
    {
        var flush = await Milvus.FlushAsync(new() { CollectionNames = { "books" } });
        Pass(seconds);
        return (await Milvus.GetFlushStateAsync(new() { SegmentIDs = { flush.CollSegIDs["books"].Data }, CollectionName = "books" })).Flushed;
    }

    /// <summary>The code that Milvus answers with, or the gRPC status that came instead of an answer.</summary>
    public static async Task<string> Said<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            var reply = await call;
            var status = reply as Status ?? (Status)((Google.Protobuf.IMessage)reply!).Descriptor.FindFieldByName("status").Accessor.GetValue((Google.Protobuf.IMessage)reply);
            return (status?.Code ?? 0).ToString(CultureInfo.InvariantCulture);
        }
        catch (RpcException lost)
        {
            // A client tells a cut connection by the one or the other.
            return (lost.StatusCode == StatusCode.Internal ? StatusCode.Unavailable : lost.StatusCode).ToString();
        }
    }

    /// <summary>What a compaction of 'books' was answered with, and how many segments there are half a minute later.</summary>
    public async Task<string> CompactionAndItsEffect(double within = 20)
    {
        var said = await Said(Milvus.ManualCompactionAsync(new() { CollectionName = "books", TargetSize = long.MaxValue }, RunningSimulator.Within(within)));
        Pass(30);
        return $"{said} {(await Segments()).Count}";
    }

    /// <summary>Four pings at once on a connection of their own: whether it is still there.</summary>
    public async Task<string> FourPings()
    {
        using var raw = await RawConnection.To(_simulator.Server.Address);
        await raw.Say([.. RawConnection.Ping, .. RawConnection.Ping, .. RawConnection.Ping, .. RawConnection.Ping]);
        return await raw.HearsAnswers(4) ? "answered" : "too many";
    }

    public void Dispose() => _channel.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
