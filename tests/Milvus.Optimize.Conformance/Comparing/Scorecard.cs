using System.Globalization;

namespace Milvus.Optimize.Conformance;

/// <summary>What one scenario's comparison came to. A difference is a line without ids, so that it is the same in every run.</summary>
internal sealed class Scorecard(string scenario)
{
    private readonly List<string> _differences = [];
    private const double PollSeconds = 1.1;
    private const double PaceShare = 0.25;

    private (double Recorded, double Simulated) _longest;
    private int _calls, _status, _code, _text, _shape, _pace;

    public string Scenario => scenario;

    public IReadOnlyList<string> Differences => [.. _differences.GroupBy(line => line).Select(one => one.Count() == 1 ? one.Key : $"{one.Key} ({one.Count()} times)")];

    public static string Head => $"{"scenario",-34} {"calls",5} {"status",7} {"code",5} {"text",5} {"shape",6} {"pace",5} {"longest wait",14} {"differ",7}";

    public string Row => $"{scenario,-34} {_calls,5} {_status,7} {_code,5} {_text,5} {_shape,6} {_pace,5} {Longest(_longest),14} {Differences.Count,7}";

    public static string Total(IReadOnlyCollection<Scorecard> all) =>
        $"{"all",-34} {all.Sum(s => s._calls),5} {all.Sum(s => s._status),7} {all.Sum(s => s._code),5} {all.Sum(s => s._text),5} {all.Sum(s => s._shape),6} {all.Sum(s => s._pace),5} {Longest(all.MaxBy(s => s._longest.Recorded)?._longest ?? default),14} {all.Sum(s => s.Differences.Count),7}";

    public void Compare(string rpc, Answer recorded, Answer simulated)
    {
        _calls++;
        Same(ref _status, rpc, "status", recorded.GrpcStatus, simulated.GrpcStatus);
        Same(ref _code, rpc, "code", recorded.Code ?? "", simulated.Code ?? "");
        Same(ref _text, rpc, "text", recorded.Text, simulated.Text);
        var before = _differences.Count;
        foreach (var (line, surplus) in Surplus(recorded.Lines, simulated.Lines)) Differ(rpc, $"shape {(surplus > 0 ? '-' : '+')} {Times(surplus)}{line}");
        if (_differences.Count == before) _shape++;
    }

    /// <summary>A step that one of the two never shows.</summary>
    public void Only(string rpc, Answer answer, bool isRecorded)
    {
        _calls++;
        Differ(rpc, $"step {(isRecorded ? '-' : '+')} {answer.Whole}");
    }

    /// <summary>A form of "not yet" that one of the two never shows.</summary>
    public void Form(string rpc, string form, bool isRecorded) => Differ(rpc, $"under way {(isRecorded ? '-' : '+')} {form}");

    /// <summary>A wait that did not end at both.</summary>
    public void NeverOver(string rpc, bool recorded, bool simulated) => Differ(rpc, $"never over {(recorded ? "" : "-")}{(simulated ? "" : "+")}");

    /// <summary>A wait that ended at one of the two only; the other's was as long at the last poll.</summary>
    public void NeverOver(string rpc, Wait recorded, Wait simulated) =>
        Differ(rpc, string.Create(CultureInfo.InvariantCulture, $"never over {(recorded.IsOver ? "+" : "-")} after {recorded.Seconds:F0} s and {simulated.Seconds:F0} s"));

    /// <summary>A wait that only one of the two shows at that place.</summary>
    public void OnlyWait(string rpc, double seconds, bool isRecorded) => Differ(rpc, string.Create(CultureInfo.InvariantCulture, $"wait {(isRecorded ? '-' : '+')} {seconds:F0} s"));

    /// <summary>A number of "not yet" that runs backwards at one of the two.</summary>
    public void Backwards(string rpc, string number, bool isRecorded) => Differ(rpc, $"backwards {(isRecorded ? '-' : '+')} {number}");

    /// <summary>An id that stood for another one in an earlier answer.</summary>
    public void OtherId(string rpc, string field) => Differ(rpc, $"another id {field}");

    /// <summary>Answers that look alike and agree with what was said before at one of the two only.</summary>
    public void OtherLineage(string rpc, string recorded, string simulated) => Differ(rpc, $"lineage '{recorded}' became '{simulated}'");

    /// <summary>A wait that ended at both, so many seconds after it began.</summary>
    public void Took(string rpc, double recorded, double simulated)
    {
        if (recorded > _longest.Recorded) _longest = (recorded, simulated);
        // As near as polls can tell, or a quarter.
        if (Math.Abs(recorded - simulated) > Math.Max(PollSeconds, recorded * PaceShare)) Differ(rpc, string.Create(CultureInfo.InvariantCulture, $"took {recorded:F0} s and {simulated:F0} s"));
    }

    /// <summary>How many different answers "not yet" came in, waits at both taken together: the one with fewer jumps.</summary>
    public void Pace(string rpc, int recorded, int simulated, bool isDifference)
    {
        _pace += Math.Abs(recorded - simulated);
        if (isDifference && recorded != simulated) Differ(rpc, $"under way in {recorded} steps and {simulated}");
    }

    private static string Longest((double Recorded, double Simulated) wait) => string.Create(CultureInfo.InvariantCulture, $"{wait.Recorded:F1}/{wait.Simulated:F1} s");

    private static IEnumerable<(string Line, int Surplus)> Surplus(IEnumerable<string> left, IEnumerable<string> right) => left.Select(line => (line, By: 1))
        .Concat(right.Select(line => (line, By: -1)))
        .GroupBy(one => one.line, one => one.By)
        .Select(one => (Line: one.Key, Surplus: one.Sum()))
        .Where(one => one.Surplus != 0);

    private static string Times(int surplus) => Math.Abs(surplus) == 1 ? "" : $"{Math.Abs(surplus)} x ";

    private void Same(ref int count, string rpc, string what, string recorded, string simulated)
    {
        if (recorded == simulated) count++;
        else Differ(rpc, $"{what} '{recorded}' became '{simulated}'");
    }

    private void Differ(string rpc, string what) => _differences.Add($"{scenario}: {rpc}: {what}");
}
