using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Serialization;

namespace Milvus.Optimize.Contracts.Tests;

public sealed partial class ManifestTests
{
    /// <summary>What stands in journals of released versions. Lines are added; none is ever changed or taken away.</summary>
    private const string Released = """
        cc1 CandidatesChosen
        ce1 CompactionEnded
        ci1 CollectionInspected
        cn1 CollectionRenamed
        cr1 CancelRequested
        en1 Ended
        fc1 FlushCompleted
        fs1 FlushStarted
        ia1 IntentAccepted
        ib1 IndexesBuilt
        iw1 IndexWaitStarted
        jo1 Joined
        le1 LoadRefreshEnded
        lf1 LaneFreed
        lo1 LateOutcomeStored
        ls1 LoadRefreshStarted
        me1 MergedElsewhere
        ml1 MergeLost
        ns1 NothingStarted
        on1 OperatorNeeded
        ow1 OwnershipTaken
        pr1 PlansRecorded
        rc1 TriggerReconciled
        ro1 RoundStarted
        rr1 RetryRequested
        sr1 SegmentsReplaced
        st1 Started
        ta1 TriggerAcknowledged
        tn1 TriggerNotSent
        tr1 TriggerRefused
        tu1 TriggerOutcomeUnknown
        wa1 Warned
        """;

    private static IEnumerable<string> Mapped => EveryEvent.Types.Select(t => $"{EventMapping.ManifestOf(t)} {t.Name}").Order(StringComparer.Ordinal);

    [Fact]
    public void Manifests_are_those_that_journals_hold() => Assert.Equal(Released.Split('\n', StringSplitOptions.TrimEntries), Mapped);

    [Fact]
    public void Every_event_is_mapped_and_nothing_else() => Assert.Equal(EveryEvent.Types, EventMapping.Types.OrderBy(t => t.Name, StringComparer.Ordinal));

    [Fact]
    public void No_two_events_share_a_manifest() => Assert.Distinct(EveryEvent.Types.Select(EventMapping.ManifestOf));

    [Fact]
    public void The_document_lists_every_event() =>
        Assert.Equal(Mapped, Row().Matches(Repository.Read("docs/events.md")).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}").Order(StringComparer.Ordinal));

    [Fact]
    public void What_is_no_event_has_no_manifest() => Assert.Throws<ArgumentException>(() => EventMapping.ManifestOf(typeof(string)));

    [GeneratedRegex(@"^\| `(\w+)` \| `(\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
