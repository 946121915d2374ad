using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>
/// A PostgreSQL of this test process alone, on a loopback port, started at the first use and ended with the process. OPTIMIZE_TEST_POSTGRESQL names another
/// one instead, by a connection string whose user may create databases.
/// </summary>
internal sealed class PostgreSqlServer
{
    private static readonly Lazy<Task<PostgreSqlServer>> TheOne = new(StartAsync);
    private static readonly string? Given = Environment.GetEnvironmentVariable("OPTIMIZE_TEST_POSTGRESQL");

    private PostgreSqlServer(string connectionString) => ConnectionString = connectionString;

    /// <summary>Why there is none; null when there is one.</summary>
    public static string? Missing => Given is not null || Binaries is not null ? null : "no PostgreSQL: install Debian's postgresql-15, or set OPTIMIZE_TEST_POSTGRESQL";

    private string ConnectionString { get; }

    private static string? Binaries => new[] { "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin" }.FirstOrDefault(b => File.Exists(Path.Combine(b, "initdb")));

    /// <summary>A fresh database; the connection string to it.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        var server = await TheOne.Value;
        var name = $"optimize_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"create database {name}";
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static async Task<PostgreSqlServer> StartAsync()
    {
        if (Given is not null) return new(Given);
        var folder = Directory.CreateTempSubdirectory("optimize-postgresql-").FullName;
        var data = Path.Combine(folder, "data");
        if (Environment.UserName == "root") await RunAsync("chown", "postgres", folder);
        await AsOwnerAsync("initdb", "-D", data, "-U", "optimize", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync");
        var port = FreePorts.Next();
        await CleanUpBehindAsync(folder);
        await AsOwnerAsync("pg_ctl", "-D", data, "-l", Path.Combine(folder, "log"), "-w", "-o", $"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c max_connections=200 -c fsync=off", "start");
        return new($"Host=127.0.0.1;Port={port};Username=optimize;Database=postgres");
    }

    // The test host has no time to wait at its end, and may be killed with all that it started: a process apart waits for its end, and cleans up after it.
    private static Task CleanUpBehindAsync(string folder) => RunAsync("setsid", "--fork", "/bin/sh", "-c", """
        while [ -e "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status"; do sleep 1; done
        server=$(head -1 "$0/data/postmaster.pid")
        grep -qs "$0/data" "/proc/$server/cmdline" && kill -QUIT "$server"
        for _ in $(seq 100); do [ -e "$0/data/postmaster.pid" ] && sleep 0.1; done
        rm -rf "$0"
        """, folder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    // PostgreSQL refuses to run as root; Debian's package brings the user.
    private static Task AsOwnerAsync(string program, params string[] arguments) => Environment.UserName == "root"
        ? RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(Binaries!, program), .. arguments])
        : RunAsync(Path.Combine(Binaries!, program), arguments);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // What the server inherits would keep this process's pipes open: its output goes nowhere.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
