using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>A web application on one port of the loopback interface.</summary>
internal static class LoopbackApp
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMilliseconds(500);

    public static WebApplicationBuilder NewBuilder(int port, Action<ListenOptions> listen)
    {
        // The empty builder reads no environment and no settings file: a simulator inside somebody's host takes nothing from it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        return builder;
    }

    public static WebApplication NewHttp(int port, Action<WebApplication> map)
    {
        var app = NewBuilder(port, listen => listen.Protocols = HttpProtocols.Http1).Build();
        app.UseRouting();
        map(app);
        return app;
    }

    public static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
}
