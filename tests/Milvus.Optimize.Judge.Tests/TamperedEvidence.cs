namespace Milvus.Optimize.Judge.Tests;

/// <summary>The evidence of an honest run, with one thing changed that must not be: the judge has to see each.</summary>
public sealed class TamperedEvidence : IAsyncLifetime
{
    private Evidence _honest = null!;

    public async Task InitializeAsync()
    {
        await using var court = await Court.OpenAsync();
        await court.RunAsync();
        _honest = court.Evidence();
        Assert.Empty(Tribunal.Judge(_honest));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void An_event_that_is_gone() => Caught("I5", _honest with { Journal = _honest.Journal.RemoveAt(3) });

    [Fact]
    public void An_event_that_stands_twice() => Caught("I5", _honest with { Journal = _honest.Journal.Add(_honest.Journal[3]) });

    [Fact]
    public void An_event_of_a_kind_that_nobody_knows() => Caught("I5", _honest with { Journal = _honest.Journal.SetItem(3, _honest.Journal[3] with { Manifest = "xx1" }) });

    [Fact]
    public void An_event_after_the_end() =>
        Caught("I5", _honest with { Journal = _honest.Journal.Add(Of("iw1") with { SequenceNr = _honest.Journal.Length + 1 }) });

    [Fact]
    public void A_right_to_send_that_is_gone() => Caught("I1", _honest with { Journal = _honest.Journal.Remove(Of("ia1")) });

    [Fact]
    public void A_trigger_that_was_proven_not_sent_and_arrived() => Caught("I1", _honest with { Journal = _honest.Journal.Add(Of("wa1", "ce1") with { Manifest = "tn1" }) });

    [Fact]
    public void A_trigger_of_a_collection_without_a_history() =>
        Caught("I1", _honest with { Simulator = _honest.Simulator.Add(Trigger with { CollectionId = "7" }) });

    [Fact]
    public void A_trigger_that_touched_another_collection() =>
        Caught("I1", _honest with { Simulator = _honest.Simulator.Replace(Trigger, Trigger with { TouchedUnnamed = ["films"] }) });

    [Fact]
    public void A_second_compaction_while_the_first_one_runs() => Caught("I1", _honest with
    {
        Simulator = _honest.Simulator.Insert(_honest.Simulator.IndexOf(Trigger) + 1, Trigger with { CompactionId = "8", Overlaps = 1 }),
        Journal = _honest.Journal.Add(Of("ia1")),
    });

    [Fact]
    public void An_end_that_is_gone() => Caught("I2", _honest with { Journal = _honest.Journal.Remove(Of("en1")) });

    [Fact]
    public void A_run_that_a_client_was_told_of_and_that_is_nowhere() => Caught("I2", _honest with { Clients = [new("a client", "test.7.X", 1, "Initializing", false)] });

    [Fact]
    public void A_success_without_a_merge() => Caught("I3", _honest with { Simulator = _honest.Simulator.RemoveAll(l => l.Event == "compactionEnded") });

    [Fact]
    public void A_success_whose_sources_still_stand() => Caught("I3", _honest with
    {
        Simulator = _honest.Simulator.Replace(Merge, Merge with { SegmentsAfter = [.. Merge.SegmentsAfter!, Trigger.SegmentsBefore![0]] }),
    });

    [Fact]
    public void A_result_that_the_server_does_not_have() => Caught("I3", _honest with { Simulator = _honest.Simulator.Replace(Merge, Merge with { SegmentsAfter = ["9"] }) });

    [Fact]
    public void A_success_before_the_index_of_its_result_is_built() =>
        Caught("I3", _honest with { Simulator = _honest.Simulator.RemoveAll(l => l.Event == "segmentIndexed" && l.SegmentId == Merge.SegmentsMade!.Single()) });

    [Fact]
    public void A_success_whose_result_lies_beside_a_candidate()
    {
        var candidate = Trigger.SegmentsBefore![0];
        var merge = Merge with { SegmentsAfter = [.. Merge.SegmentsAfter!, candidate], SegmentsTogether = [[.. Merge.SegmentsAfter!, candidate]] };

        // Its own plans do not name it, and its end says that it stands.
        var journal = _honest.Journal.RemoveAll(r => r.Manifest == "pr1").Replace(Of("en1"), Of("en1") with { Body = Of("en1").Body.With(6, [0x08, .. Varint(long.Parse(candidate, System.Globalization.CultureInfo.InvariantCulture))]) });
        var verdict = Tribunal.Judge(_honest with { Simulator = _honest.Simulator.Replace(Merge, merge), Journal = journal });
        Assert.Contains(verdict, v => v.Invariant == "I3" && v.What.Contains("was merged with none", StringComparison.Ordinal));
        var apart = merge with { SegmentsTogether = [[.. Merge.SegmentsAfter!], [candidate]] };
        Assert.DoesNotContain(Tribunal.Judge(_honest with { Simulator = _honest.Simulator.Replace(Merge, apart), Journal = journal }), v => v.Invariant == "I3");
    }

    [Fact]
    public void A_revision_that_goes_back() => Caught("I4", _honest with { Clients = _honest.Clients.Add(_honest.Clients[0] with { Done = true, State = "Succeeded" }) });

    [Fact]
    public void An_end_that_another_state_follows() =>
        Caught("I4", _honest with { Clients = _honest.Clients.Add(_honest.Clients[^1] with { State = "Failed" }) });

    private SimulatorLine Trigger => _honest.Simulator.Single(l => l.IsTrigger);

    private SimulatorLine Merge => _honest.Simulator.Single(l => l.Event == "compactionEnded");

    private JournalRow Of(params string[] manifests) => _honest.Journal.First(r => manifests.Contains(r.Manifest));

    private static IEnumerable<byte> Varint(long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) yield return (byte)(rest | 0x80);
        yield return (byte)rest;
    }

    private static void Caught(string invariant, Evidence evidence) => Assert.Contains(Tribunal.Judge(evidence), v => v.Invariant == invariant);
}
