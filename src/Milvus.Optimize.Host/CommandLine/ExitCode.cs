namespace Milvus.Optimize.Host.CommandLine;

/// <summary>What the command ends with: the table in design.md 4.2, and nothing else.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int OwnTrouble = 1;
    public const int BadUsage = 2;
    public const int RunFailed = 3;
    public const int Partial = 4;
    public const int Cancelled = 5;
    public const int GoesOn = 6;
    public const int Refused = 7;
    public const int NoServer = 8;
}
