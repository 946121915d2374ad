namespace Milvus.Optimize.Storage.Tests;

/// <summary>A test that fills a disk. Skipped, with the reason, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TinyDiskFactAttribute : FactAttribute
{
    public TinyDiskFactAttribute()
    {
        if (!TinyDisk.IsPossible) Skip = "a tmpfs can be mounted by root on Linux only";
    }
}
