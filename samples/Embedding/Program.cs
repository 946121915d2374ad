// Optimizes one collection: dotnet run -- http://localhost:19530 books
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Storage;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddOptimizeStorage(new() { SqliteFile = "optimize.db" });
builder.Services.AddMilvusOptimize();
builder.Services.AddAkka("my-service", (akka, services) => akka.WithOptimizeStorage(services).WithMilvusOptimize(services));
using var host = builder.Build();

var milvus = new ClusterName("main");
await using var gateway = new MilvusGateway(new() { Address = MilvusAddress.Parse(args[0]) }, TimeProvider.System);
host.Services.GetRequiredService<MilvusClusters>().Set(milvus, gateway);
await host.StartAsync();

// Durable from the first moment: end this process, start it again, and the run goes on.
var optimizer = host.Services.GetRequiredService<IMilvusOptimizer>();
var result = await optimizer.OptimizeAsync(new(milvus, "default", args[1]), new());
Console.WriteLine($"{result.CollectionName}: {result.Status}, {result.Run.Segments.Before?.Count} segments became {result.Run.Segments.After?.Count}");
await host.StopAsync();
