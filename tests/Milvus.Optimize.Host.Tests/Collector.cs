using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What an OpenTelemetry collector is to a node: it takes bodies over HTTP and answers 200.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string? Key, byte[] Body)> _got = [];

    private Collector()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _got.Enqueue((context.Request.Path, context.Request.Headers["x-key"], body.ToArray()));
        });
    }

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>What came to a path, as one text of bytes.</summary>
    public string Text(string path) => string.Concat(_got.Where(g => g.Path == path).Select(g => Encoding.Latin1.GetString(g.Body)));

    public string[] Keys => [.. _got.Select(g => g.Key ?? "").Distinct()];

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
