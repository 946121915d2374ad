using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>The folder that holds one node's journal, lock, socket and log. Only its owner may look inside: runs and addresses are nobody else's.</summary>
internal sealed record StateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private StateFolder(string path) => Path = path;

    public string Path { get; }

    public string Journal => File("journal.db");

    public string Lock => File("lock");

    public string Socket => File("node.sock");

    public string Log => File("node.log");

    public string Clusters => File("clusters.json");

    public string Keys => File("keys.json");

    public string Audit => File("audit.jsonl");

    public string SimulatorData => File("simulator.json");

    /// <summary>Makes the folder where it is missing.</summary>
    /// <param name="given">Null takes <c>$XDG_STATE_HOME/milvus-optimize</c>, or <c>~/.local/state/milvus-optimize</c>.</param>
    /// <param name="fileSystemOf">Names the file system of a path; null asks the system.</param>
    /// <exception cref="ParamException">It lies on a network file system, or cannot be made.</exception>
    public static StateFolder Open(string? given, Func<string, string>? fileSystemOf = null)
    {
        var path = System.IO.Path.GetFullPath(given ?? Default());
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParamException($"the state folder {path} cannot be made: {e.Message} Name another one with --state");
        }

        if (LocalDisk.NetworkFileSystem(path, fileSystemOf) is { } fileSystem)
            throw new ParamException($"the state folder {path} lies on {fileSystem}, where locks do not hold: name a folder on a local disk with --state");
        return new(path);
    }

    private static string Default()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state)) state = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return System.IO.Path.Combine(state, "milvus-optimize");
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
