using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>The whole command line, and how it ends.</summary>
internal static class CommandTree
{
    public static RootCommand Create(CommandEnvironment environment)
    {
        var root = new RootCommand("Durable optimize (force merge) for Milvus collections: a run that was accepted ends, whatever dies in between.")
        {
            new OptimizeVerb().Create(environment), ReadVerbs.Status(environment), ReadVerbs.History(environment), ControlVerbs.Cancel(environment),
            ControlVerbs.Abandon(environment), ControlVerbs.Retry(environment), RunsVerbs.Create(environment), CollectionsVerb.Create(environment),
            DoctorVerb.Create(environment), NodeVerb.Create(environment), KeyVerbs.Create(environment), ContextVerbs.Create(environment),
            CompletionVerb.Create(environment), SimulateVerb.Create(environment),
        };
        root.Options.Add(new Option<bool>(SharedOptions.Verbose) { Description = "Print stack traces of errors.", Recursive = true });
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        var help = new HelpOption("--help", "-h") { Description = "Show what the command takes, with examples." };
        root.Options.Add(help);
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    // That a verb is missing is no news to who misspelt one; to who gave none, those that there are.
    private static string[] Sentences(ParseResult parsed)
    {
        var verbs = parsed.CommandResult.Command.Subcommands;
        string[] all = [.. parsed.Errors.Select(e => e.Message)];
        return verbs.Count == 0 ? all
            : all.Length == 1 ? [$"say which: {string.Join(", ", verbs.Select(v => v.Name))}"]
            : [.. all.Where(text => text != "Required command was not provided.")];
    }

    private static IEnumerable<string> Path(CommandResult command) =>
        command is { Parent: CommandResult parent } ? [.. Path(parent), command.Command.Name] : [];

    /// <summary>Parses and runs; never throws.</summary>
    public static async Task<int> RunAsync(string[] args, CommandEnvironment environment)
    {
        var terminal = environment.Terminal;
        var parsed = Create(environment).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in Sentences(parsed)) terminal.Note($"error: {error}");
            terminal.Note($"see: milvus-optimize {string.Concat(Path(parsed.CommandResult).Select(name => $"{name} "))}--help");
            return ExitCode.BadUsage;
        }

        // The host owns signals and exceptions: System.CommandLine would end the process 2 s after SIGTERM, in the middle of a hand-over.
        var configuration = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = terminal.Out,
            Error = terminal.Error,
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException) when (environment.Interruption.Either.IsCancellationRequested)
        {
            return ExitCode.GoesOn;
        }
        catch (Exception e)
        {
            var trouble = Trouble.Of(e);
            terminal.Note($"error: {trouble.Text}");
            if (parsed.GetValue<bool>(SharedOptions.Verbose)) terminal.Note(e.ToString());
            return trouble.Code;
        }
    }
}
