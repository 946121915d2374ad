using Milvus.Optimize.Host.CommandLine;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

// A background node lets go of the terminal before .NET has looked at it.
if (args.Contains(BackgroundNode.Option)) BackgroundNode.Detach(args);
using var interruption = Interruption.OfProcess();
var environment = new CommandEnvironment(
    Terminal.OfProcess(), Environment.GetEnvironmentVariable, AkkaComposition.Add, interruption, new BackgroundNode(TimeProvider.System), TimeProvider.System);
return await CommandTree.RunAsync(args, environment);
