using Milvus.Optimize.Storage.Tests;
using Npgsql;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>A PostgreSQL of one test alone, on a loopback port or in a namespace, which can be stopped and started.</summary>
internal sealed class DatabaseServer(Network? network, string? password = null) : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("optimize-cluster-").FullName;
    private readonly int _port = FreePorts.Next();

    public static string? Missing => Binaries is null ? "no PostgreSQL: install Debian's postgresql-15" : null;

    public string ConnectionString => $"Host={network?.DatabaseAddress ?? "127.0.0.1"};Port={_port};Username=optimize;Database=optimize{(password is null ? "" : $";Password={password}")}";

    private static string? Binaries => new[] { "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin" }.FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb")));

    private string Data => Path.Combine(_folder, "data");

    /// <param name="network">Null: the loopback.</param>
    /// <param name="password">Of the only user, who then needs it; null lets everybody in.</param>
    public static async Task<DatabaseServer> CreateAsync(Network? network = null, string? password = null)
    {
        var server = new DatabaseServer(network, password);
        if (Environment.UserName == "root") await Shell.RunAsync("chown", "postgres", server._folder);
        var file = Path.Combine(server._folder, "password");
        await File.WriteAllTextAsync(file, password);
        string[] auth = password is null ? ["--auth=trust"] : ["--auth=scram-sha-256", $"--pwfile={file}"];
        await AsOwnerAsync(["initdb", "-D", server.Data, "-U", "optimize", .. auth, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        if (network is not null) await File.AppendAllTextAsync(Path.Combine(server.Data, "pg_hba.conf"), $"host all all {network.Range} trust\n");
        await server.StartAsync();
        await using var connection = new NpgsqlConnection(server.ConnectionString.Replace("Database=optimize", "Database=postgres;Pooling=false", StringComparison.Ordinal));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("create database optimize", connection);
        await command.ExecuteNonQueryAsync();
        return server;
    }

    public Task StartAsync() => AsOwnerAsync(
        network?.InDatabase ?? [], "pg_ctl", "-D", Data, "-l", Path.Combine(_folder, "log"), "-w", "-o", $"-c listen_addresses={network?.DatabaseAddress ?? "127.0.0.1"} -c port={_port} -c unix_socket_directories={_folder} -c max_connections=200", "start");

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
    private static Task AsOwnerAsync(params string[] command) => AsOwnerAsync([], command[0], command[1..]);

    private static Task AsOwnerAsync(string[] before, string program, params string[] arguments)
    {
        string[] command = [.. before, .. Environment.UserName == "root" ? (string[])["runuser", "-u", "postgres", "--"] : [], Path.Combine(Binaries!, program), .. arguments];
        return Shell.RunAsync(command[0], command[1..]);
    }
}
