using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.CommandLine;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Output;

/// <summary>An exception as an exit code and a sentence that says what to do.</summary>
/// <param name="Code">One of <see cref="ExitCode"/>.</param>
internal sealed record Trouble(int Code, string Text)
{
    private const int DiskFull = 28;

    public static Trouble Of(Exception exception) => exception switch
    {
        ParamException e => new(ExitCode.BadUsage, e.Message),
        OptimizeProblemException e => new(ExitCodes.Of(e.Problem), Sentence(e.Problem)),
        NodeUnavailableException or NodeUnreachableException => new(ExitCode.OwnTrouble, exception.Message),
        InvalidDataException e => new(ExitCode.OwnTrouble, e.Message),
        IOException e when (e.HResult & 0xFFFF) == DiskFull => new(ExitCode.OwnTrouble, $"the disk is full ({e.Message}): make room and run the command again; nothing is lost"),
        IOException or UnauthorizedAccessException => new(ExitCode.OwnTrouble, exception.Message),
        _ => new(ExitCode.OwnTrouble, $"{exception.Message} (this is a bug of milvus-optimize: run again with --verbose and report what it says)"),
    };

    private static string Sentence(OptimizeProblem problem) => problem.Code switch
    {
        OptimizeProblem.RunConflict when problem.Holder is { } holder => $"{problem.Detail}; see it with: milvus-optimize status {holder}",
        OptimizeProblem.KeyRequired => $"{problem.Detail} (--api-key, {PlaceOptions.KeyVariable})",
        OptimizeProblem.Unauthenticated => $"{problem.Detail} (--token, --user, MILVUS_TOKEN)",
        OptimizeProblem.MilvusUnavailable => $"{problem.Detail} (--milvus or MILVUS_URI names the address)",
        _ => problem.Detail,
    };
}
