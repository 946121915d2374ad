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

    /// <summary>Question by question: what was said at last, step by step, and in which forms "not yet" was said.</summary>
    public void CompareInto(Scorecard score)
    {
        foreach (var (rpc, at, recorded, simulated) in _questions.Values)
        {
            var (left, right) = (Milestones(recorded), Milestones(simulated));
            foreach (var (one, other) in Aligned(left, right))
            {
                if (one is not null && other is not null) score.Compare(rpc, one, other);
                else score.Only(rpc, one ?? other!, isRecorded: one is not null);
            }

            var (waits, others) = (recorded.Where(UnderWay.Is).ToList(), simulated.Where(UnderWay.Is).ToList());
            if (!isLive && Wait(at, recorded) is { } took && Wait(at, simulated) is { } tookToo) score.Took(rpc, took, tookToo);
            score.Pace(Distinct(waits).Count, Distinct(others).Count);
            if (isLive && (waits.Count == 0 || others.Count == 0)) continue;
            var (forms, otherForms) = (waits.ConvertAll(UnderWay.Form).ToHashSet(), others.ConvertAll(UnderWay.Form).ToHashSet());
            foreach (var form in forms.Except(otherForms)) score.Form(rpc, form, isRecorded: true);
            foreach (var form in otherForms.Except(forms)) score.Form(rpc, form, isRecorded: false);
        }
    }

    /// <summary>Seconds from the first "not yet" to the end of that wait: 0 where there was none, null where it did not end.</summary>
    private static double? Wait(List<double> at, List<Answer> answers)
    {
        var first = answers.FindIndex(UnderWay.Is);
        if (first < 0) return 0;
        var over = answers.FindIndex(first, answer => !UnderWay.Is(answer));
        return over < 0 ? null : at[over] - at[first];
    }

    private static List<Answer> Milestones(IEnumerable<Answer> answers) => Distinct(answers.Where(answer => !UnderWay.Is(answer)));

    private static List<Answer> Distinct(IEnumerable<Answer> answers)
    {
        var kept = new List<Answer>();
        foreach (var answer in answers)
            if (kept.Count == 0 || kept[^1].Whole != answer.Whole) kept.Add(answer);
        return kept;
    }

    /// <summary>Equal steps side by side (longest common subsequence); between two such, what is left is paired in order.</summary>
    private static IEnumerable<(Answer? Recorded, Answer? Simulated)> Aligned(List<Answer> left, List<Answer> right)
    {
        var length = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
            for (var j = right.Count - 1; j >= 0; j--)
                length[i, j] = left[i].Whole == right[j].Whole ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        var (a, b) = (0, 0);
        var (onlyLeft, onlyRight) = (new List<Answer>(), new List<Answer>());
        while (a < left.Count || b < right.Count)
        {
            if (a < left.Count && b < right.Count && left[a].Whole == right[b].Whole)
            {
                foreach (var pair in Paired(onlyLeft, onlyRight)) yield return pair;
                onlyLeft.Clear();
                onlyRight.Clear();
                yield return (left[a++], right[b++]);
            }
            else if (b == right.Count || (a < left.Count && length[a + 1, b] >= length[a, b + 1])) onlyLeft.Add(left[a++]);
            else onlyRight.Add(right[b++]);
        }

        foreach (var pair in Paired(onlyLeft, onlyRight)) yield return pair;
    }

    private static List<(Answer? Recorded, Answer? Simulated)> Paired(List<Answer> left, List<Answer> right) =>
        Enumerable.Range(0, Math.Max(left.Count, right.Count)).Select(i => (left.ElementAtOrDefault(i), right.ElementAtOrDefault(i))).ToList();
}
