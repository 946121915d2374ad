using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>
/// The lock on a state folder: at most one node has it, and the kernel frees it when that node is gone, whatever ended it. The file also says where
/// the holder's socket is. It is never deleted: two nodes could hold the lock of two files with one name.
/// </summary>
internal sealed class NodeLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private NodeLock(SafeFileHandle file, string socket)
    {
        _file = file;
        Socket = socket;
    }

    /// <summary>Where this node is to listen.</summary>
    public string Socket { get; }

    /// <summary>Null where another process has the lock.</summary>
    /// <exception cref="IOException">The file cannot be made or written.</exception>
    public static NodeLock? TryTake(StateFolder folder)
    {
        Create(folder.Lock);
        var file = LibC.Open(folder.Lock) ?? throw new IOException($"the lock file {folder.Lock} cannot be opened: check who owns it");
        try
        {
            if (!LibC.TryLock(file))
            {
                file.Dispose();
                return null;
            }

            if (Read(file)?.Socket is { } stale) SocketPath.Remove(stale);
            File.Delete(folder.Socket);
            var socket = SocketPath.For(folder);
            Write(file, new(Environment.ProcessId, socket));
            return new(file, socket);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Who holds the folder, or held it last; null where nobody ever did.</summary>
    public static NodeHolder? ReadHolder(StateFolder folder)
    {
        using var file = LibC.Open(folder.Lock);
        return file is null ? null : Read(file);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file.IsClosed) return;
        SocketPath.Remove(Socket);
        _file.Dispose();
    }

    private static void Create(string path)
    {
        if (File.Exists(path)) return;
        try
        {
            var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = owner }).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was quicker, and its file is as good.
        }
    }

    private static NodeHolder? Read(SafeFileHandle file)
    {
        var bytes = new byte[4096];
        var length = RandomAccess.Read(file, bytes, 0);
        try
        {
            return length == 0 ? null : JsonSerializer.Deserialize<NodeHolder>(bytes.AsSpan(0, length));
        }
        catch (JsonException)
        {
            // Half written by a process that was killed: what it said about its socket does not matter any more.
            return null;
        }
    }

    private static void Write(SafeFileHandle file, NodeHolder holder)
    {
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(holder)), 0);
    }
}

/// <summary>What the lock file says.</summary>
internal sealed record NodeHolder(int Pid, string Socket);
