namespace Milvus.Optimize.Host.Nodes;

/// <summary>A small file that only its owner may read, replaced whole and at once: a kill leaves the old one or the new one.</summary>
internal static class OwnerFile
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public static void Write(string path, Action<Stream> content)
    {
        var next = $"{path}.new";
        File.Delete(next);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(next, options))
        {
            content(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Whether somebody else may read it or write it.</summary>
    public static bool IsOpenToOthers(string path) => (File.GetUnixFileMode(path) & Others) != 0;
}
