using System.Globalization;
using Microsoft.Extensions.Hosting;

namespace Milvus.Optimize.Storage;

/// <summary>
/// One process at a time on a SQLite journal. The unique key would still fence two, but their runs would take each other over without end. The kernel frees
/// the lock when its holder is gone, whatever ended it; the file is never deleted, because two could then hold the lock of two files with one name.
/// </summary>
internal sealed class JournalLock(StorageOptions options) : IHostedLifecycleService, IDisposable
{
    private FileStream? _held;

    /// <exception cref="InvalidOperationException">Another process has the journal, or no lock holds where it lies.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var journal = Path.GetFullPath(options.SqliteFile!);
        var folder = Path.GetDirectoryName(journal)!;
        if (LocalDisk.NetworkFileSystem(folder) is { } network)
            throw new InvalidOperationException($"the journal {journal} lies on {network}, where locks do not hold: put it on a local disk, or use PostgreSQL");
        var file = journal + ".lock";
        try
        {
            // No sharing is an exclusive flock on Linux.
            _held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(file))
        {
            throw new InvalidOperationException($"{Holder(journal)} has the journal {journal}: one node at a time; end that one, or use PostgreSQL for several nodes");
        }

        File.WriteAllText(journal + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After everything that writes has stopped.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _held?.Dispose();

    // Beside the lock, which nobody else may even read.
    private static string Holder(string journal) => File.Exists(journal + ".pid") ? $"process {File.ReadAllText(journal + ".pid")}" : "another process";
}
