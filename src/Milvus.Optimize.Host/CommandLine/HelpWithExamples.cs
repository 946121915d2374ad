using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>The usual help, then examples and what the exit codes mean.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0 done   1 own trouble   2 bad usage   3 run failed or timed out   4 merged in part, or not provable
          5 cancelled or abandoned   6 the run goes on   7 another run holds the collection   8 no server
        """;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (Examples(parseResult.CommandResult.Command.Name) is { } examples) output.WriteLine($"Examples:{Environment.NewLine}{examples}{Environment.NewLine}");
        output.WriteLine(ExitCodes);
        return code;
    }

    private static string? Examples(string command) => command switch
    {
        "optimize" => """
              milvus-optimize optimize books --milvus http://localhost:19530
              milvus-optimize optimize books --target-size 2GB --timeout 30m --output json
              MILVUS_URI=https://milvus.example MILVUS_TOKEN=... milvus-optimize optimize books --no-wait --key nightly-2026-11-23
              milvus-optimize optimize books                    # on the built-in simulator
            """,
        "status" => """
              milvus-optimize status
              milvus-optimize status books --output json
            """,
        "history" => "  milvus-optimize history books",
        "cancel" => "  milvus-optimize cancel RUN --reason \"a release is due\"",
        "abandon" => "  milvus-optimize abandon RUN --reason \"the server was rebuilt\" --free-lane",
        "retry" => "  milvus-optimize retry RUN --reason \"the segments were looked at\"",
        "node" => """
              milvus-optimize node
              milvus-optimize node --until-idle --state /var/lib/milvus-optimize
              MILVUS_URI=http://localhost:19530 milvus-optimize node --listen http://127.0.0.1:7980
            """,
        "runs" or "list" or "get" => """
              milvus-optimize runs list --live -o wide
              milvus-optimize runs list --run-state Failed --since 7d --all -o jsonl
              milvus-optimize runs get RUN -o json
            """,
        "watch" => """
              milvus-optimize runs watch RUN --timeout 30m
              milvus-optimize runs watch RUN -o jsonl | jq .progress.percent
            """,
        "timeline" => "  milvus-optimize runs timeline RUN -o wide",
        "report" => "  milvus-optimize runs report RUN > ticket.md",
        "rebuild" => """
              milvus-optimize runs rebuild --dry-run
              milvus-optimize runs rebuild --config node.json
            """,
        "collections" => """
              milvus-optimize collections 'prod_*' --milvus http://localhost:19530
              milvus-optimize collections --server https://optimize.example:7980 --cluster prod-eu -o wide
            """,
        "doctor" => """
              milvus-optimize doctor --milvus http://localhost:19530 --token root:Milvus
              milvus-optimize doctor --server https://optimize.example:7980
            """,
        "context" or "add" or "use" or "remove" => """
              MILVUS_OPTIMIZE_KEY=mok_... milvus-optimize context add prod --server https://optimize.example:7980 --cluster prod-eu --use
              milvus-optimize runs list --context local
            """,
        "completion" => """
              source <(milvus-optimize completion bash)
              milvus-optimize completion fish > ~/.config/fish/completions/milvus-optimize.fish
            """,
        "keys" or "create" or "revoke" => """
              milvus-optimize keys create ci --role operator --scope 'prod-*/default/*' --expires 90d
              milvus-optimize keys create ci --server https://optimize.example:7980 -o json
              milvus-optimize keys list -o wide --config node.json
            """,
        "simulate" => """
              milvus-optimize simulate --scenario busy --speed 10
              milvus-optimize simulate --generation 2.3 --admin-port 9092 --http-port 9091
              milvus-optimize simulate --fault errorAfterEffect,rpc=ManualCompaction --fault planFailed,collection=books
              milvus-optimize simulate --compaction-disabled
              milvus-optimize simulate --segments-drop 10 --token root:Milvus
              milvus-optimize simulate --list
            """,
        _ => "  milvus-optimize optimize books --milvus http://localhost:19530",
    };
}
