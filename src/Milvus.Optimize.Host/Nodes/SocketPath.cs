using System.Text;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Where a node's socket file goes.</summary>
internal static class SocketPath
{
    // sun_path has 108 bytes and the last one is zero.
    private const int MaxBytes = 107;

    /// <summary>The folder's own path, or a new short one in a folder that only its owner can enter. The lock file tells which.</summary>
    public static string For(StateFolder folder)
    {
        if (Encoding.UTF8.GetByteCount(folder.Socket) <= MaxBytes) return folder.Socket;
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        if (!string.IsNullOrEmpty(runtime) && Directory.Exists(runtime))
        {
            var inRuntime = Path.Combine(runtime, $"milvus-optimize-{Environment.ProcessId}.sock");
            if (Encoding.UTF8.GetByteCount(inRuntime) <= MaxBytes) return inRuntime;
        }

        return Path.Combine("/tmp", Directory.CreateDirectory(
            $"/tmp/milvus-optimize-{Guid.NewGuid():N}", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).Name, "node.sock");
    }

    /// <summary>Removes the file, and the folder that was made for it.</summary>
    public static void Remove(string path)
    {
        File.Delete(path);
        if (Path.GetDirectoryName(path) is { } parent && parent.StartsWith("/tmp/milvus-optimize-", StringComparison.Ordinal) && Directory.Exists(parent)
            && !Directory.EnumerateFileSystemEntries(parent).Any())
            Directory.Delete(parent);
    }
}
