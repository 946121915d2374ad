namespace Milvus.Optimize.Conformance;

/// <summary>What a poll was told for a while: one answer, or "not yet" in whatever numbers.</summary>
/// <param name="At">Seconds at which it was said first.</param>
/// <param name="IsWait">Whether it is "not yet".</param>
/// <param name="Answers">Those that differ from the one before.</param>
internal sealed record Step(double At, bool IsWait, List<Answer> Answers)
{
    public Answer First => Answers[0];

    /// <summary>Steps with the same one are the same thing said; all waits are, for their numbers and forms are compared elsewhere.</summary>
    public string Key => IsWait ? "not yet" : First.Whole;

    /// <summary>The answers one after the other; a run of "not yet" is one step.</summary>
    public static List<Step> Of(IReadOnlyList<double> at, IReadOnlyList<Answer> answers)
    {
        var steps = new List<Step>();
        for (var i = 0; i < answers.Count; i++)
        {
            var isWait = UnderWay.Is(answers[i]);
            if (steps.Count == 0 || steps[^1].IsWait != isWait || (!isWait && steps[^1].Key != answers[i].Whole)) steps.Add(new Step(at[i], isWait, [answers[i]]));
            else if (steps[^1].Answers[^1].Whole != answers[i].Whole) steps[^1].Answers.Add(answers[i]);
        }

        return steps;
    }

    /// <summary>Equal steps side by side (longest common subsequence); between two such, what is left is paired in order, a wait with none.</summary>
    public static IEnumerable<(Step? Recorded, Step? Simulated)> Aligned(List<Step> left, List<Step> right)
    {
        var length = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
            for (var j = right.Count - 1; j >= 0; j--)
                length[i, j] = left[i].Key == right[j].Key ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        var (a, b) = (0, 0);
        var (onlyLeft, onlyRight) = (new List<Step>(), new List<Step>());
        while (a < left.Count || b < right.Count)
        {
            if (a < left.Count && b < right.Count && left[a].Key == right[b].Key)
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

    private static List<(Step? Recorded, Step? Simulated)> Paired(List<Step> left, List<Step> right)
    {
        var (said, saidToo) = (left.FindAll(step => !step.IsWait), right.FindAll(step => !step.IsWait));
        return
        [
            .. Enumerable.Range(0, Math.Max(said.Count, saidToo.Count)).Select(i => (said.ElementAtOrDefault(i), saidToo.ElementAtOrDefault(i))),
            .. left.Where(step => step.IsWait).Select(step => ((Step?)step, (Step?)null)),
            .. right.Where(step => step.IsWait).Select(step => ((Step?)null, (Step?)step)),
        ];
    }
}
