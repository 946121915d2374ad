using Milvus.Optimize.Storage.Tests;
using Npgsql;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>A PostgreSQL of one test alone, on a loopback port, which can be stopped and started.</summary>
internal sealed class DatabaseServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("optimize-cluster-").FullName;
    private readonly int _port = FreePorts.Next();

    public static string? Missing => Binaries is null ? "no PostgreSQL: install Debian's postgresql-15" : null;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=optimize;Database=optimize";

    private static string? Binaries => new[] { "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin" }.FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb")));

    private string Data => Path.Combine(_folder, "data");

    public static async Task<DatabaseServer> CreateAsync()
    {
        var server = new DatabaseServer();
        if (Environment.UserName == "root") await Shell.RunAsync("chown", "postgres", server._folder);
        await AsOwnerAsync("initdb", "-D", server.Data, "-U", "optimize", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync");
        await server.StartAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString.Replace("Database=optimize", "Database=postgres;Pooling=false", StringComparison.Ordinal));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("create database optimize", connection);
        await command.ExecuteNonQueryAsync();
        return server;
    }

    public Task StartAsync() => AsOwnerAsync(
        "pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_folder} -c max_connections=200", "start");

    /// <summary>As a crash: what was committed stands, all else is gone.</summary>
    public Task StopAsync() => AsOwnerAsync("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");

    public async Task<IReadOnlyList<object[]>> RowsAsync(string sql)
    {
        // No pool: what is in one does not live through a stop.
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    public async Task<long> CountAsync(string collectionId, string manifest) => (long)(await RowsAsync(
        $"select count(*) from optimize_journal where persistence_id = 'optimize-sim.{collectionId}' and manifest = '{manifest}'"))[0][0];

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // A test ended while it was down.
        }

        Directory.Delete(_folder, recursive: true);
    }

    // PostgreSQL refuses to run as root; Debian's package brings the user.
    private static Task AsOwnerAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? Shell.RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Binaries!, program), .. arguments])
        : Shell.RunAsync(Path.Combine(Binaries!, program), arguments);
}
