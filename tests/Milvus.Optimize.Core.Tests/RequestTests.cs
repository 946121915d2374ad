using Milvus.Optimize.Core.Runs;
using static Milvus.Optimize.Core.Tests.Books;
using static Milvus.Optimize.Core.Tests.Scenario;
using C = Milvus.Optimize.Core.Runs.OptimizeCommand;
using E = Milvus.Optimize.Core.Runs.OptimizeEvent;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Who asks for a run gets a new one, the one that lives, the one the key had, or a refusal.</summary>
public sealed class RequestTests
{
    private static readonly OptimizeParameters TwoGigabytes = OneGigabyte with { TargetSize = TargetSize.Parse("2GB") };

    [Fact]
    public void The_first_request_starts_a_run()
    {
        var outcome = Given().When(Ask("key-1"));
        outcome.Then(new E.Started(Stamp(5, run: Run2), "key-1", Name, "library", OneGigabyte, At(100))).ThenPending<OptimizeEffect.Inspect>();
        Assert.Equal((Run2, false), (outcome.Decision.Run, outcome.Decision.Joined));
    }

    [Fact]
    public void An_equal_request_joins_and_its_key_is_an_event()
    {
        var outcome = Given(Life.Usual.Triggering).When(Ask("key-2"));
        outcome.Then(new E.Joined(Stamp(5, attempt: 1), "key-2", OneGigabyte)).ThenPending<OptimizeEffect.Trigger>();
        Assert.Equal((Run1, true), (outcome.Decision.Run, outcome.Decision.Joined));
    }

    [Fact]
    public void A_run_that_needs_a_person_is_joined_too() =>
        Assert.True(Given(Life.Usual.NeedsOperator).When(Ask("key-2")).Then(new E.Joined(Stamp(5, attempt: 1), "key-2", OneGigabyte)).Decision.Joined);

    [Theory]
    [InlineData("2GB", false, false)]
    [InlineData("1GB", true, false)]
    [InlineData("1GB", false, true)]
    [InlineData(null, false, false)]
    public void A_different_request_is_refused_and_told_who_holds_the_collection(string? size, bool flush, bool force)
    {
        var parameters = new OptimizeParameters(TargetSize.Parse(size), flush, force);
        var rejection = Given(Life.Usual.Initializing).When(Ask("key-2", parameters)).ThenRejected(RejectionReason.RunConflict);
        Assert.Equal(Run1, rejection.Holder);
    }

    [Fact]
    public void Who_joins_nobody_is_refused_by_a_live_run_but_gets_its_own_again()
    {
        Assert.Equal(Run1, Given(Life.Usual.Triggering).When(Ask("key-2") with { FailIfLive = true }).ThenRejected(RejectionReason.RunConflict).Holder);
        Assert.Equal(Run1, Given(Life.Usual.Triggering).When(Ask("key-1") with { FailIfLive = true }).Decision.Run);
        Given().When(Ask("key-1") with { FailIfLive = true }).ThenPending<OptimizeEffect.Inspect>();
    }

    [Fact]
    public void Sizes_are_equal_by_what_they_mean() =>
        Assert.True(Given(Life.Usual.Initializing).When(Ask("key-2", OneGigabyte with { TargetSize = TargetSize.Parse("1024 mb") })).Decision.Joined);

    [Theory]
    [InlineData("key-1")]
    [InlineData("key-2")]
    public void The_same_request_again_adds_nothing(string key)
    {
        var again = Given([.. Life.Usual.Initializing, new E.Joined(Stamp(), "key-2", OneGigabyte)]).When(Ask(key));
        again.ThenNothing();
        Assert.Equal((Run1, true), (again.Decision.Run, again.Decision.Joined));
    }

    [Fact]
    public void A_known_key_gets_its_run_after_the_end_too()
    {
        var outcome = Given(Life.Usual.Succeeded).When(Ask("key-1")).ThenNothing();
        Assert.Equal((Run1, true), (outcome.Decision.Run, outcome.Decision.Joined));
    }

    [Fact]
    public void A_known_key_gets_its_old_run_even_while_another_lives()
    {
        var outcome = Given([.. Life.Usual.Succeeded, .. Life.SecondRun]).When(Ask("key-1")).ThenNothing();
        Assert.Equal(Run1, outcome.Decision.Run);
    }

    [Fact]
    public void A_joined_key_is_known_after_the_end_as_well()
    {
        var joined = Given([.. Life.Usual.Verifying, new E.Joined(Stamp(attempt: 1), "key-2", OneGigabyte), Life.Usual.Succeeded[^1]]).When(Ask("key-2"));
        Assert.Equal(Run1, joined.ThenNothing().Decision.Run);
    }

    [Theory]
    [InlineData(7 * 24 * 60, true)]
    [InlineData(7 * 24 * 60 + 1, false)]
    public void A_key_is_known_for_seven_days_after_the_end(int minutes, bool known)
    {
        var outcome = Given(Life.Usual.Succeeded).When(Ask("key-1") with { At = At(minutes) });
        Assert.Equal(known ? Run1 : Run2, outcome.Decision.Run);
    }

    [Fact]
    public void A_run_that_lasts_longer_keeps_its_key() =>
        Given(Life.Usual.NeedsOperator).When(Ask("key-1") with { At = At(30 * 24 * 60) }).ThenNothing();

    [Fact]
    public void A_key_with_other_parameters_is_refused() =>
        Assert.Equal(Run1, Given(Life.Usual.Succeeded).When(Ask("key-1", TwoGigabytes)).ThenRejected(RejectionReason.KeyReused).Holder);

    [Fact]
    public void No_key_is_pushed_out_by_a_new_one()
    {
        var full = Given(Life.Usual.Initializing).Under(OptimizePolicy.Default with { MaxKeys = 2 }).When(Ask("key-2"));
        full.When(Ask("key-3")).ThenRejected(RejectionReason.TooManyKeys);
        Assert.True(full.When(Ask("key-1")).Decision.Joined);
    }

    [Fact]
    public void Keys_that_are_over_make_room()
    {
        var ended = Given(Life.Usual.Succeeded).Under(OptimizePolicy.Default with { MaxKeys = 1 });
        ended.When(Ask("key-2")).ThenRejected(RejectionReason.TooManyKeys);
        var after = ended.When(Ask("key-2") with { At = At(8 * 24 * 60) });
        Assert.Equal(["key-2"], after.State.Requests.Keys);
    }

    [Fact]
    public void A_thousand_and_twenty_four_keys_are_remembered() => Assert.Equal(1024, OptimizePolicy.Default.MaxKeys);

    private static C.Start Ask(string key, OptimizeParameters? parameters = null) =>
        new(At(5), Run2, key, Name, "library", parameters ?? OneGigabyte, At(100));
}
