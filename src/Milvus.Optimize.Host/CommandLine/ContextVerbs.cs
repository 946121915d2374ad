using System.CommandLine;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>context add</c>, <c>use</c>, <c>list</c> and <c>remove</c>: servers under names, so that no verb needs their address and key.</summary>
internal static class ContextVerbs
{
    public static Command Create(CommandEnvironment environment) => new("context", "Servers under names: their address, key and cluster, in a file that only you may read.")
    {
        Add(environment), Use(environment), List(environment), Remove(environment),
    };

    private static Command Add(CommandEnvironment environment)
    {
        var name = Name("What to call it: letters, digits, - and _.");
        var server = new Option<string>("--server") { Description = "Address of a node that listens, such as https://optimize.example:7980.", HelpName = "URL", Required = true };
        var key = new Option<string?>("--api-key") { Description = $"Key for it. Default {PlaceOptions.KeyVariable}, which no process list shows.", HelpName = "KEY" };
        var cluster = new Option<string?>("--cluster")
        {
            Description = "The Milvus cluster there that optimize takes where it names none.",
            HelpName = "NAME",
            CustomParser = r => SharedOptions.Read(r, text => new ClusterName(text).Value),
        };
        var use = new Option<bool>("--use") { Description = "Use it from now on." };
        var command = new Command("add", "Name a server, or change what a name means.") { name, server, key, cluster, use };
        command.SetAction(parsed =>
        {
            var (file, called) = (ContextFile.Of(environment.Variable), parsed.GetRequiredValue(name));
            if (called == ContextFile.Local) throw new ParamException($"'{ContextFile.Local}' is this machine's own node: choose another name");
            var address = PlaceOptions.Address(parsed.GetRequiredValue(server));
            var secret = parsed.GetValue(key) ?? (environment.Variable(PlaceOptions.KeyVariable) is { Length: > 0 } set ? set : null);
            file.Add(new(called, address.ToString(), secret, parsed.GetValue(cluster)));
            if (parsed.GetValue(use)) file.Use(called);
            environment.Terminal.Note($"context {called} is {address}{(secret is null ? ", without a key" : "")}{(parsed.GetValue(use) ? ", and in use" : "")}");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Use(CommandEnvironment environment)
    {
        var name = Name($"One that was added, or {ContextFile.Local} for this machine's own node.");
        var command = new Command("use", "Take this server where a verb names none.") { name };
        command.SetAction(parsed =>
        {
            ContextFile.Of(environment.Variable).Use(parsed.GetRequiredValue(name));
            environment.Terminal.Note($"context {parsed.GetRequiredValue(name)} is in use");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CommandEnvironment environment)
    {
        var output = SharedOptions.Format();
        var command = new Command("list", "List them, without their keys.") { output };
        command.SetAction(parsed =>
        {
            var book = ContextFile.Of(environment.Variable).Read();
            var all = book.Contexts.Select(c => new { c.Name, c.Server, c.Cluster, hasKey = c.Key is not null, inUse = c.Name == book.InUse }).ToList();
            environment.Terminal.ShowAll(parsed.GetValue(output)!, all, _ => Columns.Of(
            [
                ["IN USE", "NAME", "SERVER", "CLUSTER", "KEY"],
                .. all.Select(c => (string[])[c.inUse ? "*" : "", c.Name, c.Server, c.Cluster ?? "-", c.hasKey ? "set" : "-"]),
                [book.InUse is null ? "*" : "", ContextFile.Local, "-", "-", "-"],
            ]));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Remove(CommandEnvironment environment)
    {
        var name = Name("One that was added.");
        var command = new Command("remove", "Forget a server and its key.") { name };
        command.SetAction(parsed =>
        {
            ContextFile.Of(environment.Variable).Remove(parsed.GetRequiredValue(name));
            environment.Terminal.Note($"context {parsed.GetRequiredValue(name)} is gone");
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Name(string description) => new("NAME")
    {
        Description = description,
        CustomParser = r => SharedOptions.Read(r, text => text.Length is >= 1 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? text
            : throw new ParamException($"'{text}' is no name of a context: 1 to 64 letters, digits, - and _")),
    };
}
