namespace Milvus.Optimize.Conformance;

/// <summary>Calls that ask again until something has changed: two servers differ in how often they say a thing, not in what they say one after the other.</summary>
/// <param name="isLive">Two servers at once: whether a poll meets "not yet" at all is a matter of pace then, and only forms that both show are compared.</param>
internal sealed class Polls(bool isLive = false)
{
    private static readonly HashSet<string> Rpcs =
    [
        "GetFlushState", "GetLoadingProgress", "GetLoadState", "GetCompactionState", "GetCompactionStateWithPlans", "DescribeIndex", "GetQuerySegmentInfo",
        "GetPersistentSegmentInfo",
    ];

    private readonly Dictionary<string, (string Rpc, List<double> At, List<Answer> Recorded, List<Answer> Simulated)> _questions = [];

    public static bool IsPoll(string rpc) => Rpcs.Contains(rpc);

    public void Add(string rpc, string question, double atSeconds, Answer recorded, Answer simulated)
    {
        var key = $"{rpc} {question}";
        if (!_questions.TryGetValue(key, out var one)) _questions[key] = one = (rpc, [], [], []);
        one.At.Add(atSeconds);
        one.Recorded.Add(recorded);
        one.Simulated.Add(simulated);
    }

    /// <summary>
    /// Question by question: what was said step by step, a wait being one step; how long each wait was, whether it ended, and whether its numbers ran backwards;
    /// and in which forms "not yet" was said.
    /// </summary>
    public void CompareInto(Scorecard score)
    {
        foreach (var (rpc, at, recorded, simulated) in _questions.Values)
        {
            var (left, right) = (Step.Of(at, recorded), Step.Of(at, simulated));
            var (waits, others) = (Waits(left), Waits(right));
            if (isLive) CompareSaid(score, rpc, Said(left), Said(right));
            else CompareInOrder(score, rpc, at[^1], left, right);
            score.Pace(rpc, waits.Count, others.Count, isDifference: !isLive && waits.Count > 0 && others.Count > 0);
            if (isLive && (waits.Count == 0 || others.Count == 0)) continue;
            var (forms, otherForms) = (waits.ConvertAll(UnderWay.Form).ToHashSet(), others.ConvertAll(UnderWay.Form).ToHashSet());
            foreach (var form in forms.Except(otherForms)) score.Form(rpc, form, isRecorded: true);
            foreach (var form in otherForms.Except(forms)) score.Form(rpc, form, isRecorded: false);
        }
    }

    private static void CompareInOrder(Scorecard score, string rpc, double end, List<Step> left, List<Step> right)
    {
        foreach (var (one, other) in Step.Aligned(left, right))
        {
            if ((one ?? other)!.IsWait) CompareWaits(score, rpc, Wait.Of(one, left, end), Wait.Of(other, right, end));
            else CompareSaid(score, rpc, one, other);
        }
    }

    private static void CompareWaits(Scorecard score, string rpc, Wait? one, Wait? other)
    {
        if (one is null || other is null) score.OnlyWait(rpc, (one ?? other)!.Seconds, isRecorded: one is not null);
        else if (one.IsOver && other.IsOver) score.Took(rpc, one.Seconds, other.Seconds);
        else if (one.IsOver != other.IsOver) score.NeverOver(rpc, one, other);
        foreach (var number in one?.Backwards.Except(other?.Backwards ?? []) ?? []) score.Backwards(rpc, number, isRecorded: true);
        foreach (var number in other?.Backwards.Except(one?.Backwards ?? []) ?? []) score.Backwards(rpc, number, isRecorded: false);
    }

    private static void CompareSaid(Scorecard score, string rpc, List<Step> left, List<Step> right)
    {
        foreach (var (one, other) in Step.Aligned(left, right)) CompareSaid(score, rpc, one, other);
    }

    private static void CompareSaid(Scorecard score, string rpc, Step? one, Step? other)
    {
        if (one is not null && other is not null) score.Compare(rpc, one.First, other.First);
        else score.Only(rpc, (one ?? other)!.First, isRecorded: one is not null);
    }

    private static List<Answer> Waits(List<Step> steps) => [.. steps.Where(step => step.IsWait).SelectMany(step => step.Answers)];

    /// <summary>The steps without the waits: what stood on both sides of one is one step.</summary>
    private static List<Step> Said(List<Step> steps)
    {
        var said = new List<Step>();
        foreach (var step in steps)
            if (!step.IsWait && (said.Count == 0 || said[^1].Key != step.Key)) said.Add(step);
        return said;
    }
}
