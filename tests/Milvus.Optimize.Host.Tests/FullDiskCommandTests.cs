using Milvus.Optimize.Storage.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A state folder on a disk that fills up, as a person at the command sees it.</summary>
public sealed class FullDiskCommandTests
{
    [TinyDiskFact]
    public async Task A_start_says_to_make_room_and_the_same_command_works_when_there_is()
    {
        using var disk = new TinyDisk(kilobytes: 8_000);
        await using var folder = await CommandFolder.OpenAsync(speed: 20, state: Path.GetDirectoryName(disk.Journal));
        disk.Fill();
        var refused = folder.Optimize();
        await refused.WaitForExitAsync(folder.Over.Token);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(folder.Said, l => l.Contains("the disk is full", StringComparison.Ordinal) && l.Contains("make room", StringComparison.Ordinal));

        disk.MakeRoom();
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(folder.Optimize()));
        Assert.Single(folder.Triggers);
        Assert.Empty(folder.Verdict());
    }

    [TinyDiskFact, Trait("Category", "Long")]
    public async Task A_run_under_way_says_why_it_stands_still_and_goes_on_when_there_is_room()
    {
        using var disk = new TinyDisk(kilobytes: 8_000);
        await using var folder = await CommandFolder.OpenAsync(speed: 2, state: Path.GetDirectoryName(disk.Journal));
        var command = folder.Optimize();
        await folder.UntilAsync(() => folder.Count("pr1") > 0);
        disk.Fill();
        await folder.UntilAsync(() => folder.Said.Any(l => l.Contains("make room", StringComparison.Ordinal) && l.Contains("goes on by itself", StringComparison.Ordinal)));
        Assert.False(command.HasExited);
        disk.MakeRoom();
        Assert.Equal((0, "Succeeded"), await folder.OutcomeAsync(command));
        Assert.Single(folder.Triggers);
        Assert.Empty(folder.Verdict());
    }
}
