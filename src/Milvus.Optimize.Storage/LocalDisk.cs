namespace Milvus.Optimize.Storage;

/// <summary>Locks, SQLite's own among them, hold on local disks alone.</summary>
public static class LocalDisk
{
    private static readonly string[] NetworkFileSystems = ["nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "v9fs", "fuse", "fuseblk", "fuse.sshfs"];

    /// <summary>The name of the network file system that a path lies on; null where it lies on a local disk.</summary>
    /// <param name="path">A folder that exists.</param>
    /// <param name="fileSystemOf">Names the file system of a path; null asks the system.</param>
    public static string? NetworkFileSystem(string path, Func<string, string>? fileSystemOf = null)
    {
        var name = (fileSystemOf ?? (p => new DriveInfo(p).DriveFormat))(path);
        return NetworkFileSystems.Contains(name, StringComparer.OrdinalIgnoreCase) ? name : null;
    }
}
