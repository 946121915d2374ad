using Xunit.Abstractions;

namespace Milvus.Optimize.VirtualTime.Tests;

/// <summary>The product with one fault built in around it: each must be caught, and the same seed must be clean without it.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int Seeds = 300;

    private static readonly Mutant[] All =
        [new TrustsCompleted(), new AcceptsMinusOne(), new RetriesTheTrigger(), new UsesTimestampZero(), new SkipsCoverage(), new DeletesEvents(), new DropsTheFence()];

    /// <summary>What the protocol of the trigger itself rests on: the right to send, the wait, and who may use it.</summary>
    private static readonly Mutant[] More = [new PermitsNeverExpire(), new DoesNotWait(), new SendsWhatItFinds()];

    [Fact]
    public void Three_faults_of_the_protocol_are_caught_too() => AllAreCaught(More);

    [Fact]
    public void Seven_of_seven_seeded_faults_are_caught()
    {
        Assert.Equal(7, All.Length);
        AllAreCaught(All);
    }

    private void AllAreCaught(Mutant[] mutants) => Assert.All(mutants, mutant =>
    {
        var caught = Enumerable.Range(0, Seeds).Select(seed => Campaign.One(seed, mutant)).Where(t => t.Violations.Any(IsOfTheJudge)).ToList();
        output.WriteLine(caught.Count == 0 ? $"{mutant.GetType().Name}: not caught by {Seeds} seeds"
            : $"{mutant.GetType().Name}: by {caught.Count} of {Seeds} seeds, {string.Join(", ", caught.Take(4).Select(t => t.Seed))} first: {caught[0].Violations.First(IsOfTheJudge)}");
        Assert.NotEmpty(caught);
        Assert.All(caught.Take(20), t => Assert.Empty(Campaign.One(t.Seed, new()).Violations));
    });

    // A fault of the code itself, such as an exception, is no verdict.
    private static bool IsOfTheJudge(Judge.Violation violation) => violation.Invariant.StartsWith('I');
}
