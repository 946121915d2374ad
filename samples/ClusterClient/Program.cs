// Starts a run at the nodes of a cluster and follows it: dotnet run -- 10.0.0.1:8110,10.0.0.2:8110 main books
// Follows one that any process started:                  dotnet run -- 10.0.0.1:8110,10.0.0.2:8110 main.7.01M84VVKSEHTEJ7QBYQ5Y4BBGB
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Client.Cluster;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Core.Identity;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddMilvusOptimizeClient();
builder.Services.AddAkka("milvus-optimize", akka => akka
    // Nodes read and send protobuf alone.
    .AddHocon("akka.actor.serializers.json = none", HoconAddMode.Prepend)
    // The address that the nodes reach this process by; port 0 takes any free one.
    .WithRemoting("127.0.0.1", 0)
    .WithClustering(new ClusterOptions { SeedNodes = [.. args[0].Split(',').Select(s => $"akka.tcp://milvus-optimize@{s}")], Roles = ["web"] })
    .WithMilvusOptimizeClient());
using var host = builder.Build();
await host.StartAsync();

var optimizer = host.Services.GetRequiredService<IMilvusOptimizer>();
var task = args.Length == 2 ? optimizer.GetTask(RunId.Parse(args[1])) : await optimizer.StartAsync(new(new(args[1]), "default", args[2]), new());
await foreach (var run in task.WatchAsync()) Console.WriteLine($"{run.Id} {run.State}");
await host.StopAsync();
