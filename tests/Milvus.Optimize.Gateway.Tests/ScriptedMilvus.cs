using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>
/// A server on loopback that speaks gRPC frames by hand and does per method what a test tells it: answer, fail, stay silent, break the connection.
/// It keeps every message it received whole. A method without a script is UNIMPLEMENTED.
/// </summary>
internal sealed class ScriptedMilvus : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, byte[], Task>> _scripts = new();
    private readonly ConcurrentQueue<SeenCall> _seen = new();

    private ScriptedMilvus(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<SeenCall> Seen => [.. _seen];

    public static async Task<ScriptedMilvus> StartAsync(Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var tls = false;
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = HttpProtocols.Http2;
            tls = listen is not null;
            listen?.Invoke(options);
        }));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        var server = new ScriptedMilvus(builder.Build());
        server._app.Run(server.HandleAsync);
        await server._app.StartAsync();
        var port = new Uri(server._app.Urls.Single()).Port;
        server.Address = new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{port}");
        server.Answer("Connect", new ConnectResponse { Status = new(), ServerInfo = new() { BuildTags = "2.6.15" } });
        server.Answer("GetVersion", new GetVersionResponse { Status = new(), Version = "2.6.15" });
        return server;
    }

    public int Count(string method) => _seen.Count(call => call.Method == method);

    public TMessage Last<TMessage>(string method) where TMessage : IMessage<TMessage>, new() =>
        new MessageParser<TMessage>(() => new()).ParseFrom(_seen.Last(call => call.Method == method).Message);

    public void On(string method, Func<HttpContext, byte[], Task> script) => _scripts[method] = script;

    public void Answer(string method, IMessage message) => On(method, (http, _) => ReplyAsync(http, message));

    /// <summary>Each call takes the next answer; the last one stays.</summary>
    public void Answers(string method, params IMessage[] messages)
    {
        var next = 0;
        On(method, (http, _) => ReplyAsync(http, messages[Math.Min(Interlocked.Increment(ref next) - 1, messages.Length - 1)]));
    }

    public void Answer<TRequest>(string method, Func<TRequest, IMessage> answer) where TRequest : IMessage<TRequest>, new() =>
        On(method, (http, bytes) => ReplyAsync(http, answer(new MessageParser<TRequest>(() => new()).ParseFrom(bytes))));

    public void Fail(string method, StatusCode code, string detail) => On(method, (http, _) => FailAsync(http, code, detail));

    public static async Task ReplyAsync(HttpContext http, IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        await http.Response.Body.WriteAsync(frame);
        http.Response.AppendTrailer("grpc-status", "0");
    }

    public static Task FailAsync(HttpContext http, StatusCode code, string detail)
    {
        http.Response.Headers["grpc-status"] = ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Uri.EscapeDataString(detail);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (body.Length < 5) return;
        var message = body.ToArray()[5..];
        var method = http.Request.Path.Value!.Split('/')[^1];
        _seen.Enqueue(new(method, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), message));
        if (_scripts.TryGetValue(method, out var script)) await script(http, message);
        else await FailAsync(http, StatusCode.Unimplemented, $"unknown method {method} for service milvus.proto.milvus.MilvusService");
    }
}
