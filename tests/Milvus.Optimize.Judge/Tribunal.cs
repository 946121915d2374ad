using System.Collections.Immutable;

namespace Milvus.Optimize.Judge;

/// <summary>Looks at everything and says what does not hold.</summary>
public static class Tribunal
{
    public static ImmutableArray<Violation> Judge(Evidence evidence) =>
    [
        .. OneTriggerAtATime.Find(evidence), .. NothingLost.Find(evidence), .. NoFalseSuccess.Find(evidence), .. NeverBackwards.Find(evidence), .. SoundJournal.Find(evidence),
    ];
}
