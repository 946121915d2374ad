using System.Collections.Immutable;
using Milvus.Optimize.Judge;
using Xunit.Abstractions;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>The product with one fault built in around it: each must be caught, and the same seed must be clean without it.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private static readonly Mutant[] All =
        [new TrustsCompleted(), new AcceptsMinusOne(), new RetriesTheTrigger(), new UsesTimestampZero(), new SkipsCoverage(), new DeletesEvents(), new DropsTheFence()];

    /// <summary>What the protocol of the trigger itself rests on: the right to send, the wait, and who may use it.</summary>
    private static readonly Mutant[] More = [new PermitsNeverExpire(), new DoesNotWait(), new SendsWhatItFinds()];

    /// <summary>The model knows better than any log when a trigger arrives: here it helps the judge.</summary>
    [Fact]
    public void Three_faults_of_the_protocol_are_caught_too() => AllAreCaught(More, t => t.Violations, 2_000);

    /// <summary>Only the model knows who made a segment.</summary>
    [Fact]
    public void Somebody_elses_plans_that_are_counted_as_ours_are_seen()
    {
        AllAreCaught([new AdoptsWhatIsListed { AmongOthers = true }], t => t.Violations, 500);
        var campaign = Campaign.Run(0, 2_000, new() { AmongOthers = true });
        output.WriteLine(campaign.Summary());
        Assert.Null(campaign.Broken);
    }

    [Fact]
    public void Seven_of_seven_seeded_faults_are_caught_by_the_judge_alone()
    {
        Assert.Equal(7, All.Length);
        AllAreCaught(All, t => t.Judged, 300);
    }

    private void AllAreCaught(Mutant[] mutants, Func<Told, ImmutableArray<Violation>> verdict, int seeds) => Assert.All(mutants, mutant =>
    {
        // A fault of the code itself, such as an exception, is no verdict.
        var caught = Enumerable.Range(0, seeds).Select(seed => Campaign.One(seed, mutant)).Where(t => verdict(t).Any(v => v.Invariant.StartsWith('I'))).ToList();
        output.WriteLine(caught.Count == 0 ? $"{mutant.GetType().Name}: not caught by {seeds} seeds"
            : $"{mutant.GetType().Name}: by {caught.Count} of {seeds} seeds, {string.Join(", ", caught.Take(4).Select(t => t.Seed))} first: {verdict(caught[0])[0]}");
        Assert.NotEmpty(caught);
        Assert.All(caught.Take(20), t => Assert.Empty(Campaign.One(t.Seed, new() { AmongOthers = mutant.AmongOthers }).Violations));
    });
}
