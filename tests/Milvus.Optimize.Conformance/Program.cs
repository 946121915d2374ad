using System.CommandLine;
using Milvus.Optimize.Conformance;

var generation = new Argument<string[]>("generation")
{
    Description = $"Which recordings: {string.Join(", ", Recordings.Generations)}. Default all.",
    Arity = ArgumentArity.ZeroOrMore,
};
generation.AcceptOnlyFromAmong([.. Recordings.Generations]);
var replay = new Command("replay", "Ask the simulator what the recordings asked real servers.") { generation };
replay.SetAction(async (parsed, _) =>
{
    var holds = true;
    foreach (var one in parsed.GetValue(generation) is { Length: > 0 } named ? named : [.. Recordings.Generations])
    {
        Console.WriteLine($"== {one}");
        var comparison = await Recordings.ReplayAsync(one);
        comparison.Print(Console.Out);
        holds &= comparison.Holds;
    }

    return holds ? 0 : 1;
});
var milvus = new Argument<Uri>("milvus") { Description = "Address of an empty real server of that generation without auto compaction, as http://127.0.0.1:19530.", CustomParser = Address };
var seed = new Option<int[]>("--seed") { Description = "Seed of a random sequence; may be repeated. Default 1.", HelpName = "N", DefaultValueFactory = _ => [1] };
var calls = new Option<int>("--calls") { Description = "Calls of a random sequence. Default 200.", HelpName = "N", DefaultValueFactory = _ => 200 };
var beside = new Command("beside", $"Ask a real server and the simulator (generation {SideBySide.Generation}) the same at the same time.") { milvus, seed, calls };
beside.SetAction(async (parsed, _) =>
{
    var comparison = await SideBySide.RunAsync(parsed.GetRequiredValue(milvus), parsed.GetRequiredValue(seed), parsed.GetValue(calls),
        what => Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {what} ..."));
    comparison.Print(Console.Out);
    return comparison.Holds ? 0 : 1;
});
var root = new RootCommand("Compares the simulator with real Milvus servers. Exit code: 0 every difference has a reason, 1 one has none or is gone, 2 bad usage.") { replay, beside };
var read = root.Parse(args);
var exitCode = await read.InvokeAsync();
return read.Errors.Count > 0 ? 2 : exitCode;

static Uri? Address(System.CommandLine.Parsing.ArgumentResult result)
{
    if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
    result.AddError($"'{result.Tokens[0].Value}' is no address like http://127.0.0.1:19530");
    return null;
}
