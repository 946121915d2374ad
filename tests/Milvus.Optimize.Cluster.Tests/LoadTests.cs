using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Milvus.Optimize.Client;
using Npgsql;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>How much one node with PostgreSQL bears over HTTP; the figures are in docs/evidence/management.md.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Clients = 16;
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);

    [ClusterFact]
    public Task A_node_takes_some_starts_a_second_and_lists_some_runs() => RunAsync(collections: 40, rows: 1000);

    [ClusterFact, Trait("Category", "Long")]
    public Task A_node_takes_many_starts_a_second_and_lists_a_hundred_thousand_runs() => RunAsync(collections: 1500, rows: 100_000);

    private async Task RunAsync(int collections, int rows)
    {
        await using var database = await DatabaseServer.CreateAsync();
        await using var simulator = new ProgramProcess(["simulate", "--port", "0", "--admin-port", "0", "--speed", "1"]);
        var milvus = (await simulator.UntilSaidAsync("listening on ")).Split(' ')[^1];
        using var admin = new HttpClient { BaseAddress = new((await simulator.UntilSaidAsync("admin on ")).Split(' ')[^1]) };
        for (var i = 0; i < collections; i++) (await admin.PostAsJsonAsync("/collections", new { name = $"c{i}" })).EnsureSuccessStatusCode();

        var ports = Shell.FreePorts(2);
        await using var node = new ProgramProcess([
            "node", .. new[]
            {
                $"Storage:PostgreSql={database.ConnectionString}", $"Akka:Port={ports[0]}", $"Akka:SeedNodes:0=127.0.0.1:{ports[0]}", $"Management:Listen=http://127.0.0.1:{ports[1]}",
                $"Clusters:sim:Address={milvus}", "ReadsPerSecond=10000",
            }.SelectMany(s => (string[])["--set", s]), "--config", await EmptyAsync()]);
        await node.UntilSaidAsync("is up at");
        using var http = NodeHttp.OverTcp(new($"http://127.0.0.1:{ports[1]}"));
        (await http.PostAsJsonAsync("/api/v1/runs", new { cluster = "sim", collection = "c0" })).EnsureSuccessStatusCode();

        var runs = new ConcurrentQueue<string>();
        var started = await MeasuredAsync("POST /api/v1/runs, a new run each", collections - 1, async i =>
        {
            var answer = await http.PostAsJsonAsync("/api/v1/runs", new { cluster = "sim", collection = $"c{i + 1}" });
            Assert.Equal(202, (int)answer.StatusCode);
            runs.Enqueue((await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.GetValue<string>());
        });
        var stored = (long)(await database.RowsAsync("select count(distinct persistence_id) from optimize_journal where manifest like 'Started%' or sequence_number = 1"))[0][0];
        Assert.Equal(collections, stored);
        var ids = runs.ToArray();
        await MeasuredAsync("GET /api/v1/runs/{id} of live runs", collections, i => OkAsync(http, $"/api/v1/runs/{ids[i % ids.Length]}"));
        await FillAsync(database.ConnectionString, rows);
        await MeasuredAsync($"GET /api/v1/runs?pageSize=50 of {rows} runs and more", collections, _ => OkAsync(http, "/api/v1/runs?pageSize=50"));
        await MeasuredAsync("the same with filters", collections, i => OkAsync(http, $"/api/v1/runs?pageSize=50&done=true&collection=filler{i % 100}"));
        await MeasuredAsync("all pages of 500, one after the other", 1, async _ =>
        {
            var (seen, token) = (0, "");
            do
            {
                var page = (await http.GetFromJsonAsync<JsonObject>($"/api/v1/runs?pageSize=500{token}"))!;
                seen += page["runs"]!.AsArray().Count;
                token = page["nextPageToken"]?.GetValue<string>() is { } next ? $"&pageToken={Uri.EscapeDataString(next)}" : "";
            }
            while (token.Length > 0);
            Assert.Equal(rows + collections, seen);
        });
        Assert.True(started > 5, $"{started:F1} starts a second");
    }

    /// <returns>How many a second.</returns>
    private async Task<double> MeasuredAsync(string what, int count, Func<int, Task> call)
    {
        var (took, since) = (new ConcurrentBag<double>(), Stopwatch.GetTimestamp());
        using var over = new CancellationTokenSource(Bound);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Clients, count), CancellationToken = over.Token }, async (i, _) =>
        {
            var began = Stopwatch.GetTimestamp();
            await call(i);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        });
        var (perSecond, ordered) = (count / Stopwatch.GetElapsedTime(since).TotalSeconds, took.Order().ToList());
        output.WriteLine($"{what}: {count} by {Math.Min(Clients, count)} clients, {perSecond:F0} a second, p50 {ordered[count / 2]:F1} ms, p99 {ordered[(int)((count - 1) * 0.99)]:F1} ms");
        return perSecond;
    }

    private static async Task OkAsync(HttpClient http, string path) => Assert.Equal(200, (int)(await http.GetAsync(path)).StatusCode);

    /// <summary>Rows of runs that ended long ago, made of one that is there: the table alone has them.</summary>
    private static async Task FillAsync(string database, int rows)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            insert into optimize_run (run_id, persistence_id, cluster, database_name, collection, done, revision, sequence_nr, started_at, document)
            select replace(r.run_id, split_part(r.run_id, '.', 3), id), r.persistence_id, r.cluster, r.database_name, 'filler' || (n % 100), 1, r.revision, r.sequence_nr,
                   at || '0Z', jsonb_set(jsonb_set(replace(r.document, split_part(r.run_id, '.', 3), id)::jsonb, '{startedAt}', to_jsonb(at || '0Z')), '{done}', 'true')::text
            from (select * from optimize_run limit 1) r,
                 (select n, '00' || lpad(n::text, 24, '0') as id, to_char(timestamp '2020-01-01' + n * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.US') as at from generate_series(1, @rows) n) as made
            """, connection) { CommandTimeout = 200 };
        command.Parameters.AddWithValue("rows", rows);
        Assert.Equal(rows, await command.ExecuteNonQueryAsync());
        command.CommandText = "analyze optimize_run";
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> EmptyAsync()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("optimize-load-").FullName, "node.json");
        await File.WriteAllTextAsync(file, "{}");
        return file;
    }
}
