using System.CommandLine;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>completion SHELL</c>: a script that asks this command, by System.CommandLine's <c>[suggest]</c>, for what may come next.</summary>
internal static class CompletionVerb
{
    // The command's own name is cut off: how it was called is nobody's business here.
    private const string Bash = """
        _milvus_optimize() {
          local line="${COMP_LINE#* }" IFS=$'\n'
          local at=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
          COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$at]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _milvus_optimize milvus-optimize

        """;

    private const string Zsh = """
        #compdef milvus-optimize
        _milvus_optimize() {
          local line="${BUFFER#* }" before="${LBUFFER#* }"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${#before}]" "$line" 2>/dev/null)}")
          compadd -a found
        }
        compdef _milvus_optimize milvus-optimize

        """;

    private const string Fish = """
        function __milvus_optimize
          set -l line (string replace -r '^\S+ ?' '' -- (commandline -cp))
          milvus-optimize "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c milvus-optimize -a '(__milvus_optimize)'

        """;

    public static Command Create(CommandEnvironment environment)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that completes this command in a shell.") { shell };
        command.SetAction(parsed =>
        {
            environment.Terminal.Out.Write(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCode.Done;
        });
        return command;
    }
}
