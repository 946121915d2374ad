using System.Text.Json;
using Grpc.Core;
using Milvus.Optimize.Simulator.Model;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Service;

internal sealed partial class MilvusEndpoint
{
    public override Task<ConnectResponse> Connect(ConnectRequest request, ServerCallContext context) => Read(world =>
    {
        world.Catalog.RequireDatabase(Databases.Of(null, context));
        return new ConnectResponse
        {
            Status = Success(),
            Identifier = Rules.IsLite ? 0 : (long)world.NewTimestamp(),
            ServerInfo = new ServerInfo
            {
                BuildTags = world.Settings.BuildTags ?? (Rules.BuildTags.Length > 0 ? Rules.BuildTags : world.Settings.Version ?? Rules.Version),
                BuildTime = Rules.BuildTime,
                GitCommit = Rules.GitCommit,
                GoVersion = Rules.GoVersion,
                DeployMode = Rules.IsLite ? "embedded" : "STANDALONE",
            },
        };
    });

    public override Task<GetVersionResponse> GetVersion(GetVersionRequest request, ServerCallContext context) =>
        Read(world => new GetVersionResponse { Status = Success(), Version = world.Settings.Version ?? Rules.Version });

    public override Task<CheckHealthResponse> CheckHealth(CheckHealthRequest request, ServerCallContext context) =>
        Task.FromResult(new CheckHealthResponse { Status = Success(), IsHealthy = true });

    public override Task<ComponentStates> GetComponentStates(GetComponentStatesRequest request, ServerCallContext context) =>
        Task.FromResult(new ComponentStates
        {
            Status = Success(),
            State = new ComponentInfo { NodeID = 1, Role = "proxy", StateCode = StateCode.Healthy },
        });

    public override Task<AllocTimestampResponse> AllocTimestamp(AllocTimestampRequest request, ServerCallContext context) =>
        Read(world => new AllocTimestampResponse { Status = Success(), Timestamp = world.NewTimestamp() });

    public override Task<GetMetricsResponse> GetMetrics(GetMetricsRequest request, ServerCallContext context)
    {
        string? metric;
        try
        {
            using var document = JsonDocument.Parse(request.Request);
            metric = document.RootElement.TryGetProperty("metric_type", out var type) ? type.GetString() : null;
        }
        catch (JsonException error)
        {
            throw new MilvusRefusal(65535, $"failed to decode the request: {GoText(request.Request, error)}");
        }

        if (metric != "system_info") throw new MilvusRefusal(1200, $"metric not found[metric={metric}]");
        return Task.FromResult(new GetMetricsResponse { Status = Success(), Response = simulation.Read(SystemInfo.Of), ComponentName = "proxy1" });
    }

    /// <summary>Go's words for the two mistakes that are likely; for others the text is .NET's.</summary>
    private static string GoText(string json, JsonException error) => json.TrimStart() switch
    {
        "" => "unexpected end of JSON input",
        [var first, ..] when !"{[\"-tfn".Contains(first, StringComparison.Ordinal) && !char.IsAsciiDigit(first) =>
            $"invalid character '{first}' looking for beginning of value",
        _ => error.Message,
    };

    public override Task<ListDatabasesResponse> ListDatabases(ListDatabasesRequest request, ServerCallContext context) => Read(world =>
    {
        var reply = new ListDatabasesResponse { Status = Success() };
        reply.DbNames.AddRange(world.State.Databases.Select(database => database.Name));
        if (!Rules.IsLite) reply.CreatedTimestamp.AddRange(world.State.Databases.Select(database => database.CreatedAt));
        return reply;
    });

    public override Task<DescribeDatabaseResponse> DescribeDatabase(DescribeDatabaseRequest request, ServerCallContext context) => Read(world =>
    {
        world.Catalog.RequireDatabase(request.DbName);
        var database = world.State.Databases.Find(database => database.Name == request.DbName)!;
        return Rules.IsLite
            ? new DescribeDatabaseResponse { Status = Success(), DbName = database.Name }
            : new DescribeDatabaseResponse { Status = Success(), DbName = database.Name, DbID = database.Id, CreatedTimestamp = database.CreatedAt };
    });

    public override Task<Status> CreateDatabase(CreateDatabaseRequest request, ServerCallContext context) =>
        Change(context, world => world.Catalog.CreateDatabase(request.DbName));

    public override Task<Status> DropDatabase(DropDatabaseRequest request, ServerCallContext context) =>
        Change(context, world => world.Catalog.DropDatabase(request.DbName));
}
