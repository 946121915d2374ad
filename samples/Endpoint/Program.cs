// A web service that embeds the coordinator, its routes and its page: dotnet run -- http://localhost:19530 http://127.0.0.1:7980
using Akka.Hosting;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Actors.Hosting;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Management;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

var keys = new ApiKeyFile("keys.json", TimeProvider.System);
var builder = WebApplication.CreateBuilder();
builder.Services.AddOptimizeStorage(new() { SqliteFile = "optimize.db" });
builder.Services.AddMilvusOptimize();
builder.Services.AddAkka("my-service", (akka, services) => akka.WithOptimizeStorage(services).WithMilvusOptimize(services));
builder.Services.AddMilvusOptimizeManagement().AddSingleton<IApiKeys>(keys);
await using var app = builder.Build();
app.MapMilvusOptimize();
app.MapMilvusOptimizePage();

await using var gateway = new MilvusGateway(new() { Address = MilvusAddress.Parse(args[0]) }, TimeProvider.System);
app.Services.GetRequiredService<MilvusClusters>().Set(new ClusterName("main"), gateway);

// A key is shown once: the file keeps a hash.
if ((await keys.ListAsync(default)).IsEmpty) Console.WriteLine((await keys.CreateAsync("first", Role.Operator, CollectionScope.All, null, default)).Text.Reveal());
await app.RunAsync(args[1]);
