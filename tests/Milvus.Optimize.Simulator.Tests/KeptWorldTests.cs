using System.Text;
using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Lives over one data file that are started differently: what a start says counts in that life, what clients did stays.</summary>
public sealed class KeptWorldTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kept-world-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_token_counts_over_a_world_whose_earlier_lives_had_none_or_another()
    {
        await Life();
        await Life("root:Milvus");
        await Life("root:Another");
        await Life();
        await Life("root:Another");

        async Task Life(string? token = null)
        {
            await using var milvus = await Start(o => o with { Token = token });
            var headers = token is null ? [] : As(token);
            var id = milvus.Books.Id;
            Assert.Equal(0, (await milvus.Milvus.ManualCompactionAsync(new() { CollectionID = id }, headers)).Status.Code);
            Assert.Equal(["root"], (await milvus.Milvus.ListCredUsersAsync(new(), headers)).Usernames);
        }
    }

    [Fact]
    public async Task A_password_that_was_set_over_the_wire_stays_and_root_may_still_do_everything()
    {
        await using (var first = await Start())
        {
            Assert.Equal(0, (await first.Milvus.UpdateCredentialAsync(new() { Username = "root", OldPassword = Base64("Milvus"), NewPassword = Base64("secret1") })).Code);
            Assert.Equal(0, (await first.Milvus.CreateCredentialAsync(new() { Username = "ann", Password = Base64("secret2") })).Code);
        }

        await using var second = await Start(o => o with { Token = "root:Milvus", Users = [new("ann", "other") { Grants = ["Compaction"] }] });
        var id = second.Books.Id;
        foreach (var user in (string[])["root:Milvus", "ann:other"])
            Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await second.Milvus.GetVersionAsync(new(), As(user)))).StatusCode);
        foreach (var user in (string[])["root:secret1", "ann:secret2"])
            Assert.Equal(0, (await second.Milvus.ManualCompactionAsync(new() { CollectionID = id }, As(user))).Status.Code);
    }

    [Fact]
    public async Task What_one_life_overrides_is_not_kept_and_leaves_what_is()
    {
        await using (var first = await Start())
        {
            first.Control.Configure(new ServerSettings { SegmentMaxSizeMb = 64, SegmentLossSeconds = 7 });
        }

        await using (var second = await Start(o => o with { Overrides = new() { CompactionDisabled = true, SegmentLossSeconds = 100 } }))
        {
            Assert.Equal(2, (await second.Compact()).Status.Code);
            Assert.Equal((64, 100), Settings(second));
            second.Control.Restart();
            Assert.Equal(2, (await second.Compact()).Status.Code);
        }

        await using var third = await Start();
        Assert.Equal((64, 7), Settings(third));
        Assert.Equal(0, (await third.Compact()).Status.Code);
    }

    [Fact]
    public async Task Settings_of_a_life_with_overrides_are_kept_where_they_are_new_and_end_the_override_there_alone()
    {
        await using (var first = await Start(o => o with { Overrides = new() { CompactionDisabled = true, SegmentLossSeconds = 100 } }))
        {
            // As a PATCH of one number does: the rest is what was shown.
            first.Control.Configure(new ServerSettings { EnableCompaction = false, SegmentLossSeconds = 100, SegmentMaxSizeMb = 64 });
            Assert.Equal(2, (await first.Compact()).Status.Code);
            first.Control.Configure(new ServerSettings { EnableCompaction = true, SegmentLossSeconds = 100, SegmentMaxSizeMb = 64 });
            Assert.Equal(0, (await first.Compact()).Status.Code);
            Assert.Equal((64, 100), Settings(first));
        }

        await using (var second = await Start(o => o with { Overrides = new() { SegmentLossSeconds = 100 } }))
        {
            Assert.Equal((64, 100), Settings(second));
            second.Control.Configure(new ServerSettings { SegmentLossSeconds = 5, SegmentMaxSizeMb = 64 });
            Assert.Equal((64, 5), Settings(second));
        }

        await using var third = await Start();
        Assert.Equal((64, 5), Settings(third));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_duration_that_is_none_is_refused(double seconds)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Start(o => o with { Overrides = new() { SegmentLossSeconds = seconds } }));
        await Assert.ThrowsAsync<ArgumentException>(() => Start(o => o with { Settings = new() { SegmentLossSeconds = seconds } }));
        await using var milvus = await Start();
        Assert.Throws<ArgumentException>(() => milvus.Control.Configure(new ServerSettings { SegmentLossSeconds = seconds }));
        Assert.Throws<ArgumentException>(() => milvus.Control.Configure(new ServerSettings { GcIntervalSeconds = 0 }));
    }

    private static (int?, double) Settings(RunningSimulator milvus) => (milvus.Control.Settings.SegmentMaxSizeMb, milvus.Control.Settings.SegmentLossSeconds);

    private Task<RunningSimulator> Start(Func<SimulatorOptions, SimulatorOptions>? more = null) =>
        RunningSimulator.Start(more: o => (more?.Invoke(o) ?? o) with { DataFile = Path.Combine(_folder.FullName, "world.json") });

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Metadata As(string user) => new() { { "authorization", Base64(user) } };
}
