using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Milvus.Optimize.Client;
using Milvus.Optimize.Host.Tests;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage.Tests;
using Npgsql;
using Xunit.Abstractions;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>
/// How much one node with PostgreSQL bears over HTTP; the figures are in docs/evidence/management.md. One half of the clients comes with tokens, which the node
/// checks by itself, the other half with API keys, which it looks up in the database.
/// </summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Clients = 16;
    private const string Secret = "a-secret-of-more-than-thirty-two-bytes";
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(4);
    private readonly StringBuilder _table = new("| | calls | a second | p50 | p99 |\n|---|---|---|---|---|\n");

    /// <summary>A cold node beside all the other tests says nothing of speed: that each start is durable and each page is right is looked at.</summary>
    [ClusterFact]
    public Task A_node_takes_some_starts_at_once_and_lists_some_runs() => RunAsync(collections: 40, rows: 1000);

    /// <summary>Writes its figures into docs/evidence/management.md before it looks at them.</summary>
    [ClusterFact, Trait("Category", "Long")]
    public async Task A_node_takes_many_starts_a_second_and_lists_a_hundred_thousand_runs()
    {
        var started = await RunAsync(collections: 1500, rows: 100_000);
        Evidence.Write("management.md", "load", _table.ToString());
        Assert.True(started > 5, $"{started:F1} starts a second");
    }

    /// <returns>Starts a second.</returns>
    private async Task<double> RunAsync(int collections, int rows)
    {
        await using var database = await DatabaseServer.CreateAsync();
        var folder = Directory.CreateTempSubdirectory("optimize-load-").FullName;
        await using var simulator = await SimulatorProcess.StartAsync(Path.Combine(folder, "simulator.jsonl"), speed: 1);
        for (var i = 0; i < collections; i++) await simulator.AddAsync($$"""{"name":"c{{i}}"}""");

        var (ports, config) = (FreePorts.Some(2), Path.Combine(folder, "node.json"));
        await File.WriteAllTextAsync(config, "{}");
        await using var node = new ProgramProcess([
            "node", "--config", config, .. new[]
            {
                $"Storage:PostgreSql={database.ConnectionString}", $"Akka:Port={ports[0]}", $"Akka:SeedNodes:0=127.0.0.1:{ports[0]}", $"Management:Listen=http://127.0.0.1:{ports[1]}",
                "Management:Jwt:Issuer=i", "Management:Jwt:Audience=a", $"Management:Jwt:Key={Secret}", $"Clusters:sim:Address={simulator.Address}", "ReadsPerSecond=10000",
            }.SelectMany(s => (string[])["--set", s])]);
        await node.UntilSaidAsync("is up at");

        // Each client is somebody else: a caller may ask 100 times a second.
        var address = new Uri($"http://127.0.0.1:{ports[1]}");
        var tokens = Enumerable.Range(0, Clients / 2).Select(i => NodeHttp.OverTcp(address, Token($"client{i}"))).ToList();
        var keys = await Task.WhenAll(Enumerable.Range(0, Clients / 2).Select(async i => NodeHttp.OverTcp(address, await KeyAsync(tokens[i], $"client{i}"))));
        HttpClient[] clients = [.. tokens.SelectMany((token, i) => (HttpClient[])[token, keys[i]])];
        var http = keys[0];
        var ids = new ConcurrentQueue<string>();
        var started = await MeasuredAsync("`POST /api/v1/runs`, each a new run of another collection, in the journal when it is answered", collections, async i =>
        {
            var answer = await clients[i % Clients].PostAsJsonAsync("/api/v1/runs", new { cluster = "sim", collection = $"c{i}" });
            Assert.True((int)answer.StatusCode == 202, await answer.Content.ReadAsStringAsync());
            ids.Enqueue((await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.GetValue<string>());
        });
        Assert.Equal(collections, (long)(await database.RowsAsync("select count(*) from optimize_journal where sequence_number = 1 and persistence_id like 'optimize-sim.%'"))[0][0]);
        var all = ids.ToArray();
        await MeasuredAsync("`GET /api/v1/runs/{id}` of those, with tokens", collections, i => OkAsync(tokens[i % tokens.Count], $"/api/v1/runs/{all[i]}"));
        await MeasuredAsync("the same with API keys, each looked up in the database", collections, i => OkAsync(keys[i % keys.Length], $"/api/v1/runs/{all[i]}"));
        await FillAsync(database.ConnectionString, rows);
        await MeasuredAsync($"`GET /api/v1/runs?pageSize=50`, {rows + collections:N0} runs in the table", collections, i => OkAsync(clients[i % Clients], "/api/v1/runs?pageSize=50"));
        await MeasuredAsync("the same with `done=true` and a collection", collections, i => OkAsync(clients[i % Clients], $"/api/v1/runs?pageSize=50&done=true&collection=filler{i % 100}"));
        await MeasuredAsync("all of it in pages of 500, one after the other", 1, async _ =>
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
        Directory.Delete(folder, recursive: true);
        return started;
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
        var row = string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {count:N0} | {perSecond:F1} | {ordered[count / 2]:F1} ms | {ordered[(int)((count - 1) * 0.99)]:F1} ms |");
        _table.Append(row).Append('\n');
        output.WriteLine(row);
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

    /// <summary>A new API key, which the nodes share over the database.</summary>
    private static async Task<string> KeyAsync(HttpClient admin, string name)
    {
        var answer = await admin.PostAsJsonAsync("/api/v1/keys", new { name, role = "operator" });
        Assert.True((int)answer.StatusCode == 201, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
    }

    private static string Token(string name) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "i", Audience = "a", Expires = TimeProvider.System.GetUtcNow().AddHours(1).UtcDateTime, Claims = new Dictionary<string, object> { ["sub"] = name, [Caller.RoleClaim] = "admin" },
        SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Secret)), SecurityAlgorithms.HmacSha256),
    });
}
