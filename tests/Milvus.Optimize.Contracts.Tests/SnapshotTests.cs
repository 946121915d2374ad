using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>A state that comes back from a snapshot is the one that a replay gives, and goes on like it.</summary>
public sealed class SnapshotTests(SerializerFixture fixture) : IClassFixture<SerializerFixture>
{
    [Fact]
    public void Every_end_in_the_golden_histories_comes_back_as_it_was_and_what_follows_too()
    {
        var ends = 0;
        foreach (var history in GoldenRuns.All)
        {
            for (var i = 1; i <= history.Length; i++)
            {
                var replayed = GoldenRuns.Fold(history.Take(i));
                if (replayed.Run is not OptimizeRun.Ended) continue;
                ends++;
                var restored = RoundTrip(replayed);
                Assert.Equal(Told(replayed), Told(restored));
                Assert.Equal(Told(GoldenRuns.Fold(history)), Told(history.Skip(i).Aggregate(restored, OptimizeState.Apply)));
            }
        }

        Assert.Equal(5, ends);
    }

    [Fact]
    public void What_the_golden_histories_do_not_have_comes_back_as_well()
    {
        var ended = GoldenRuns.Fold(GoldenRuns.Cancelled);
        var lane = ended.Lane ?? throw new InvalidOperationException("this history leaves its lane taken");
        var run = (OptimizeRun.Ended)ended.Run;
        var full = ended with
        {
            Lane = lane with { CompactionId = 7, Beside = [8, 9] },
            GivenUp = [lane with { CompactionId = null }, lane with { CompactionId = null, Intent = lane.Intent with { Attempt = 9 } }],
            Run = run with { Facts = run.Facts with { Fruitless = new(2, run.At, [1, 2], "busy"), Merge = run.Facts.Merge with { UnknownAttempts = 3, LostMerges = 1, MergedElsewhere = true } } },
        };
        Assert.Equal(Told(full), Told(RoundTrip(full)));
    }

    [Fact]
    public void A_run_that_lives_is_no_snapshot() =>
        Assert.Throws<ArgumentException>(() => RoundTrip(GoldenRuns.Fold(GoldenRuns.AtWork)));

    [Theory]
    [InlineData("snap1")]
    [InlineData("snap2")]
    public void What_cannot_be_read_is_refused_so_that_everything_is_replayed(string manifest) =>
        Assert.ThrowsAny<Exception>(() => fixture.Serializer.FromBinary([0xff, 0xff], manifest));

    private CollectionState RoundTrip(CollectionState state)
    {
        Assert.IsType<OptimizeSerializer>(fixture.System.Serialization.FindSerializerFor(state));
        return (CollectionState)fixture.Serializer.FromBinary(fixture.Serializer.ToBinary(state), fixture.Serializer.Manifest(state));
    }

    private static string Told(CollectionState state) => Text.Of(state) + string.Concat(state.GivenUp.Select(Text.Of));
}
