using Grpc.Core;

namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>Calls that ask again until something has changed: two servers differ in how often they say a thing, not in what they say one after the other.</summary>
internal sealed class Polls
{
    private static readonly HashSet<string> Rpcs =
    [
        "GetFlushState", "GetLoadingProgress", "GetLoadState", "GetCompactionState", "GetCompactionStateWithPlans", "DescribeIndex", "GetQuerySegmentInfo",
        "GetPersistentSegmentInfo",
    ];

    private readonly Dictionary<string, List<(Answer Recorded, Answer Simulated)>> _answers = [];

    public static bool IsPoll(string rpc) => Rpcs.Contains(rpc);

    public static string Spelt(StatusCode status) => string.Concat(status.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}")).ToUpperInvariant()
        is var text && text == "O_K" ? "OK" : text;

    public void Add(RecordedCall call, Answer recorded, Answer simulated)
    {
        var key = $"{call.Rpc} {Ids.Masked(string.Join(' ', call.Request is { } bytes ? Shape.Of(call.Method!.InputType.Parser.ParseFrom(bytes)) : []))}";
        if (!_answers.TryGetValue(key, out var list)) _answers[key] = list = [];
        list.Add((recorded, simulated));
    }

    /// <summary>Step by step through the distinct answers of both; the longer one's surplus is a difference.</summary>
    public void CompareInto(Scorecard score)
    {
        foreach (var (key, pairs) in _answers)
        {
            var rpc = key[..key.IndexOf(' ', StringComparison.Ordinal)];
            var (left, right) = (Distinct(pairs.Select(pair => pair.Recorded)), Distinct(pairs.Select(pair => pair.Simulated)));
            for (var i = 0; i < Math.Min(left.Count, right.Count); i++) score.Compare(rpc, left[i], right[i]);
            if (left.Count != right.Count) score.Steps(rpc, left.Count, right.Count);
        }
    }

    private static List<Answer> Distinct(IEnumerable<Answer> answers)
    {
        var kept = new List<Answer>();
        string? last = null;
        foreach (var answer in answers)
        {
            var text = string.Join('\n', (string[])[answer.GrpcStatus, answer.Code ?? "", answer.Text, .. answer.Message is { } message ? Shape.Of(message) : []]);
            if (text != last) kept.Add(answer);
            last = text;
        }

        return kept;
    }
}
