using Google.Protobuf;

namespace Milvus.Optimize.Conformance;

/// <summary>What answers say of each other, in two servers that were asked the same: which id stands for which, and what the segments come from.</summary>
internal sealed class Relations
{
    private readonly Ids _ids = new();
    private readonly Lineage _recorded = new();
    private readonly Lineage _simulated = new();

    /// <summary>The recorded request with the simulator's ids in it.</summary>
    public IMessage Translated(IMessage request) => _ids.Translated(request);

    /// <summary>Takes two answers to the same question in. Lineage is compared only where the answers differ in nothing but ids: more is another difference.</summary>
    public void CompareInto(Scorecard score, string rpc, Answer recorded, Answer simulated)
    {
        var (left, right) = (_recorded.See(recorded.Message), _simulated.See(simulated.Message));
        if (recorded.Message is not { } one || simulated.Message is not { } other) return;
        foreach (var field in _ids.Learn(one, other)) score.OtherId(rpc, field);
        if (left != right && recorded.Whole == simulated.Whole) score.OtherLineage(rpc, left, right);
    }
}
