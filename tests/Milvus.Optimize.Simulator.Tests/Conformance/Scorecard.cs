namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>What one scenario's replay came to. A difference is a line without ids, so that it is the same in every run.</summary>
internal sealed class Scorecard(string scenario)
{
    private readonly List<string> _differences = [];
    private int _calls, _status, _code, _text, _shape;

    public IReadOnlyList<string> Differences => _differences;

    public string Row => $"{scenario,-34} {_calls,5} {_status,7} {_code,5} {_text,5} {_shape,6} {_differences.Distinct().Count(),5}";

    public static string Head => $"{"scenario",-34} {"calls",5} {"status",7} {"code",5} {"text",5} {"shape",6} {"diffs",5}";

    public void Compare(string rpc, Answer recorded, Answer simulated)
    {
        _calls++;
        Same(ref _status, rpc, "status", recorded.GrpcStatus, simulated.GrpcStatus);
        Same(ref _code, rpc, "code", recorded.Code ?? "", simulated.Code ?? "");
        Same(ref _text, rpc, "text", recorded.Text, simulated.Text);
        var (left, right) = (recorded.Message is { } l ? Shape.Of(l) : [], simulated.Message is { } r ? Shape.Of(r) : []);
        var differences = left.Except(right).Select(line => $"- {line}").Concat(right.Except(left).Select(line => $"+ {line}")).ToList();
        if (differences.Count == 0) _shape++;
        foreach (var line in differences) Differ(rpc, $"shape {line}");
    }

    public void Steps(string rpc, int recorded, int simulated) => Differ(rpc, $"steps {recorded} became {simulated}");

    private void Same(ref int count, string rpc, string what, string recorded, string simulated)
    {
        if (recorded == simulated) count++;
        else Differ(rpc, $"{what} '{recorded}' became '{simulated}'");
    }

    private void Differ(string rpc, string what) => _differences.Add($"{scenario}: {rpc}: {what}");
}
