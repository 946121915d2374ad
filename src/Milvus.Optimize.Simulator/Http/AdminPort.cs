using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>The simulator's back door for other processes: what <see cref="SimulatorControl"/> is for tests in the same one.</summary>
internal static class AdminPort
{
    public static void Map(WebApplication app, Simulation simulation, SimulatorControl control)
    {
        app.Use(RefuseInWords);
        app.MapGet("/", http => Answer(http, new { generation = simulation.Rules, serverTime = control.ServerTime }));

        app.MapGet("/faults", http => Answer(http, simulation.Read(world => world.State.Faults.ToList())));
        app.MapPost("/faults", async http =>
        {
            foreach (var fault in await FaultsIn(http)) control.ArmFault(fault);
        });
        app.MapDelete("/faults", http => Done(control.DisarmFaults));

        app.MapGet("/settings", http => Answer(http, simulation.Read(world => world.Settings)));
        app.MapPatch("/settings", async http =>
        {
            var changes = await Body(http);
            // Read and written under one lock: of two that come at once neither undoes the other.
            await Answer(http, simulation.Change(world => world.Configure(Patched(world.Settings, changes).Checked())));
        });
        app.MapGet("/timings", http => Answer(http, simulation.Read(world => world.Timings)));
        app.MapPatch("/timings", async http =>
        {
            var changes = await Body(http);
            await Answer(http, simulation.Change(world => world.State.Timings = Patched(world.Timings, changes).Checked()));
        });

        app.MapGet("/collections", http => Answer(http, simulation.Read(world => world.State.Collections.Select(collection => WorldSetup.View(collection, world)).ToList())));
        app.MapPost("/collections", async http => await Answer(http, new { id = control.AddCollection(As<CollectionSpec>(await Body(http))) }));
        app.MapGet("/collections/{name}", http => Answer(http, control.Find(Name(http), Database(http)) ?? throw NoSuch(http)));
        app.MapDelete("/collections/{name}", http => Done(() => control.DropCollection(Name(http), Database(http))));
        app.MapPost("/collections/{name}/insert", async http => control.Insert(Name(http), Rows(await Body(http)), Database(http)));
        app.MapPost("/collections/{name}/delete", async http => control.Delete(Name(http), Rows(await Body(http)), Database(http)));
        app.MapPost("/collections/{name}/flush", http => Done(() => control.Flush(Name(http), Database(http))));
        app.MapPost("/collections/{name}/snapshot", http => Done(() => control.TakeSnapshot(Name(http), Database(http))));
        app.MapPost("/collections/{name}/foreign-compaction", async http =>
        {
            var body = await Body(http);
            control.StartForeignCompaction(
                Name(http), TimeSpan.FromSeconds(Number(body, "seconds")), body["segments"] is null ? null : (int)Number(body, "segments"), Database(http));
        });

        app.MapPost("/forget-plans", http => Done(() => control.ForgetPlans(http.Request.Query["collection"].FirstOrDefault())));
        app.MapPost("/restart", http => Done(() =>
        {
            control.Restart();
            control.CutConnections();
        }));
        app.MapPost("/cut-connections", http => Done(control.CutConnections));
        app.MapGet("/log", http => Answer(http, control.Log.Skip(int.TryParse(http.Request.Query["from"], CultureInfo.InvariantCulture, out var from) ? from : 0)));
    }

    private static async Task RefuseInWords(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception error) when (error is ArgumentException or JsonException or InvalidOperationException or MilvusRefusal)
        {
            http.Response.StatusCode = error is MilvusRefusal { Code: 100 } ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest;
            await Answer(http, new { error = error.Message });
        }
    }

    private static Task Answer<T>(HttpContext http, T value) => http.Response.WriteAsJsonAsync(value, SimulatorJson.Options);

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static async Task<JsonObject> Body(HttpContext http) =>
        await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) as JsonObject ?? throw new ArgumentException("the body is not a JSON object");

    private static async Task<IReadOnlyList<Fault>> FaultsIn(HttpContext http)
    {
        var body = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        return body is JsonArray ? As<List<Fault>>(body) : [As<Fault>(body)];
    }

    private static T As<T>(JsonNode? json)
    {
        try
        {
            return json.Deserialize<T>(SimulatorJson.Options) ?? throw new ArgumentException("the body is empty");
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException(error.Message, error);
        }
    }

    /// <summary>What the body does not name stays as it is.</summary>
    private static T Patched<T>(T current, JsonObject changes)
    {
        var whole = JsonSerializer.SerializeToNode(current, SimulatorJson.Options)!.AsObject();
        foreach (var (name, value) in changes) whole[name] = value?.DeepClone();
        return As<T>(whole);
    }

    private static long Number(JsonObject body, string name) =>
        body[name] is JsonValue value && value.TryGetValue<long>(out var number) ? number : throw new ArgumentException($"the body has no number '{name}'");

    private static long Rows(JsonObject body) => Number(body, "rows") is > 0 and var rows ? rows : throw new ArgumentException("rows is above 0");

    private static string Name(HttpContext http) => (string)http.Request.RouteValues["name"]!;

    private static string Database(HttpContext http) => http.Request.Query["database"].FirstOrDefault() ?? Catalog.DefaultDatabase;

    private static MilvusRefusal NoSuch(HttpContext http) => new(100, $"there is no collection '{Name(http)}' in database '{Database(http)}'");
}
