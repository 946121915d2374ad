namespace Milvus.Optimize.Storage.Tests;

/// <summary>Two embedders on one file would take each other's runs over without end.</summary>
public sealed class JournalLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private StorageOptions Options => new() { SqliteFile = _folder.Journal };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_host_on_the_file_is_told_who_has_it()
    {
        await using var first = await JournalNode.StartAsync(Options);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => JournalNode.StartAsync(Options));
        Assert.Contains($"process {Environment.ProcessId} has the journal {_folder.Journal}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_has_stopped_lets_the_next_one_in()
    {
        await using (await JournalNode.StartAsync(Options)) { }
        await using var second = await JournalNode.StartAsync(Options);
    }

    [Theory]
    [InlineData("nfs4", "nfs4")]
    [InlineData("CIFS", "CIFS")]
    [InlineData("ext4", null)]
    [InlineData("tmpfs", null)]
    public void Locks_hold_on_local_disks_alone(string fileSystem, string? network) => Assert.Equal(network, LocalDisk.NetworkFileSystem("/", _ => fileSystem));
}
