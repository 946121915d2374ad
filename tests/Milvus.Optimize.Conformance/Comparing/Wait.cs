namespace Milvus.Optimize.Conformance;

/// <summary>One wait of a poll: how long it was, or has been at the last poll, whether it ended, and which of its numbers ran backwards.</summary>
internal sealed record Wait(double Seconds, bool IsOver, IReadOnlyCollection<string> Backwards)
{
    /// <param name="step">A wait, or none.</param>
    /// <param name="steps">All steps of its server.</param>
    /// <param name="end">Seconds of the last poll.</param>
    public static Wait? Of(Step? step, List<Step> steps, double end)
    {
        if (step is null) return null;
        var next = steps.IndexOf(step) + 1;
        return new Wait((next < steps.Count ? steps[next].At : end) - step.At, next < steps.Count, UnderWay.Backwards(step.Answers));
    }
}
