using Google.Protobuf;
using Google.Protobuf.Reflection;
using Milvus.Optimize.Conformance;
using Xunit.Abstractions;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>The recordings of real servers, asked of the simulator: a difference without a reason is red, and so is a reason without its difference.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    public static TheoryData<string> Generations => [.. Recordings.Generations];

    [Theory, MemberData(nameof(Generations))]
    public async Task The_simulator_answers_as_the_recorded_server_did(string generation)
    {
        var comparison = await Recordings.ReplayAsync(generation);
        using var text = new StringWriter();
        comparison.Print(text);
        output.WriteLine(text.ToString());
        Assert.Empty(comparison.Unexplained);
        Assert.Empty(comparison.Gone);
    }

    [Fact]
    public async Task An_id_that_means_another_thing_than_before_is_a_difference()
    {
        var comparison = await Recordings.ReplayAsync("2.3", Spoil);
        var seven = string.Join(", ", Enumerable.Repeat("2000", 7));
        foreach (var line in (string[])
        [
            "full-run: GetCompactionStateWithPlans: another id .mergeInfos.sources",
            $"full-run: GetCompactionStateWithPlans: lineage 'a target of ({seven}, 2000)' became 'a target of ({seven}, unseen)'",
            "full-run: GetPersistentSegmentInfo: another id .infos.segmentID",
            $"full-run: GetPersistentSegmentInfo: lineage '16000 of ({seven}, 2000)' became '16000'",
        ])
            Assert.Contains(comparison.Unexplained, one => one.StartsWith(line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wait_too_many_and_a_number_that_jumps_or_runs_backwards_are_differences()
    {
        var (progress, completed) = (0, 0);
        var comparison = await Recordings.ReplayAsync("2.3", answer =>
        {
            switch (answer.Descriptor.Name)
            {
                case "GetLoadingProgressResponse" when (long)Field(answer, "progress").Accessor.GetValue(answer) is > 0 and < 100:
                    Field(answer, "progress").Accessor.SetValue(answer, 50L - progress++ % 2);
                    break;
                // Completed, Executing, Completed: said in a row by a server that only says Completed.
                case "GetCompactionStateResponse" when Convert.ToInt32(Field(answer, "state").Accessor.GetValue(answer)) == 2:
                    if (++completed % 20 == 10) Field(answer, "state").Accessor.SetValue(answer, 1);
                    break;
            }
        });
        foreach (var line in (string[])
        [
            "full-run: GetLoadingProgress: backwards + .progress",
            "full-run: GetLoadingProgress: under way in ",
            "restart-no-auto-compaction: GetCompactionState: wait + 1 s",
        ])
            Assert.Contains(comparison.Unexplained, one => one.StartsWith(line, StringComparison.Ordinal));
    }

    /// <summary>A plan's first source and its target become other segments: nothing that a look at one answer shows.</summary>
    private static void Spoil(IMessage answer)
    {
        foreach (var plan in Messages(answer, "mergeInfos"))
        {
            var sources = (System.Collections.IList)Field(plan, "sources").Accessor.GetValue(plan);
            sources[0] = (long)sources[0]! + 500_000;
            if ((long)Field(plan, "target").Accessor.GetValue(plan) is > 0 and var target) Field(plan, "target").Accessor.SetValue(plan, target + 500_000);
        }
    }

    private static IEnumerable<IMessage> Messages(IMessage answer, string field) =>
        answer.Descriptor.FindFieldByName(field)?.Accessor.GetValue(answer) is System.Collections.IList list ? list.Cast<IMessage>() : [];

    private static FieldDescriptor Field(IMessage message, string name) => message.Descriptor.FindFieldByName(name);
}
