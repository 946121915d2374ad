using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Simulator;

namespace Milvus.Optimize.Conformance;

/// <summary>The simulator in the place of a recorded server, on a clock that the replay turns; what happened off the record is done by <see cref="BecomeAsync"/>.</summary>
internal sealed class RecordedServer : IAsyncDisposable
{
    private const string RootToken = "root:Milvus";

    private static readonly Dictionary<string, string> Parameters = new() { ["M"] = "8", ["efConstruction"] = "64" };

    private readonly SimulatorOptions _options;
    private SimulatorServer? _server;
    private Health _health = Health.Up;

    private RecordedServer(SimulatorOptions options) => _options = options;

    public FakeTimeProvider Time => (FakeTimeProvider)_options.TimeProvider;

    public Uri Address { get; private set; } = null!;

    public static async Task<RecordedServer> StartAsync(string generation, ServerKind kind, bool autoCompaction)
    {
        var server = new RecordedServer(new()
        {
            Generation = generation,
            TimeProvider = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 22, 0, 0, TimeSpan.Zero)),
            Settings = new ServerSettings { AutoCompaction = autoCompaction },
            Token = kind == ServerKind.Guarded ? RootToken : null,
            Users = kind == ServerKind.Guarded ? [new UserSpec("viewer", "Viewer")] : [],
            DataFile = Path.Combine(Path.GetTempPath(), $"conformance-{Guid.NewGuid():N}.json"),
        });
        server._server = await SimulatorServer.StartAsync(server._options);
        server.Address = server._server.Address;
        server.Time.Advance(UpFor(kind));
        foreach (var name in (string[])["books", "films", "empty"]) server._server.Control.DropCollection(name);
        if (kind == ServerKind.Guarded) server._server.Control.AddCollection(new() { Name = "z_books", Dimension = 32, IndexParameters = Parameters, Segments = [new() { Rows = 1500, Count = 2 }] });
        if (kind == ServerKind.Starting) server._server.Control.AddCollection(new() { Name = "r_books", Dimension = 64, IndexParameters = Parameters, Segments = [new() { Rows = 18_000 }] });
        return server;
    }

    /// <summary>
    /// How long the server had been up at its first recorded call, whole turns left out: from its start on it looks at its plans every ten seconds and at its
    /// index builds every second, and the recorded ones end at such moments. No recording says it: both numbers
    /// are fitted to the ends in the recordings that they are then compared with.
    /// </summary>
    private static TimeSpan UpFor(ServerKind kind) => TimeSpan.FromSeconds(kind switch
    {
        ServerKind.Plain => 2.47,
        ServerKind.Killed => 0.4,
        _ => 0,
    });

    /// <summary>The value of the header <c>authorization</c>, which no recording keeps, by what the scenario is about; null sends none.</summary>
    public static string? Authorization(string scenario) => scenario switch
    {
        "auth-wrong-password" => Base64("root:wrong"),
        "auth-unknown-user" => Base64("nobody:Milvus"),
        "auth-malformed" => "no base64 at all!",
        "auth-token-no-colon" => Base64("token"),
        "auth-no-privilege" => Base64("viewer:Viewer"),
        "auth-root" => Base64(RootToken),
        _ => null,
    };

    /// <summary>Kills the server, starts it, or makes it accept connections and say nothing.</summary>
    /// <returns>Whether anything changed.</returns>
    public async Task<bool> BecomeAsync(Health health)
    {
        if (health == _health) return false;
        if (_server is not null && health == Health.Down)
        {
            await _server.DisposeAsync();
            _server = null;
        }

        _server ??= health == Health.Down ? null : await SimulatorServer.StartAsync(_options with { Port = Address.Port });
        // The data file keeps armed faults too.
        _server?.Control.DisarmFaults();
        if (health == Health.Silent) _server!.Control.ArmFault(new SilentConnection { Count = int.MaxValue });
        _server?.Control.CutConnections();
        _health = health;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        File.Delete(_options.DataFile!);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
}

/// <summary>How a server is towards those who call it.</summary>
internal enum Health
{
    Up,
    Down,
    Silent,
}
