using Grpc.Core;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Net.Client;

namespace Milvus.Optimize.Simulator.Tests.Conformance;

/// <summary>Asks the simulator what a recording asked a real server, at the same times of a clock of its own.</summary>
internal sealed class Replay(RunningSimulator simulator) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(simulator.Server.Address);
    private readonly Ids _ids = new();

    public async Task<Scorecard> Run(string scenario, IReadOnlyList<RecordedCall> calls)
    {
        var score = new Scorecard(scenario);
        var polls = new Polls();
        var start = simulator.Time.GetUtcNow();
        foreach (var (call, at) in calls.SelectMany(Times).OrderBy(one => one.At))
        {
            var due = start + TimeSpan.FromMilliseconds(at);
            if (due > simulator.Time.GetUtcNow()) simulator.Time.Advance(due - simulator.Time.GetUtcNow());
            var answer = await Ask(call);
            if (call.Answer is not { } recorded) continue;
            if (recorded.Message is { } left && answer.Message is { } right) _ids.Learn(left, right);
            if (Polls.IsPoll(call.Rpc)) polls.Add(call, recorded, answer);
            else score.Compare(call.Rpc, recorded, answer);
        }

        polls.CompareInto(score);
        return score;
    }

    public void Dispose() => _channel.Dispose();

    private static IEnumerable<(RecordedCall Call, double At)> Times(RecordedCall call) =>
        Enumerable.Range(0, call.Repeats + 1).Select(i => (call, call.Repeats == 0 ? call.AtMs : call.AtMs + ((call.LastAtMs - call.AtMs) * i / call.Repeats)));

    private async Task<Answer> Ask(RecordedCall call)
    {
        if (call.Method is not { } method) throw new InvalidOperationException($"our protos lack {call.Rpc}");
        var request = _ids.Translated(method.InputType.Parser.ParseFrom(call.Request ?? []));
        var headers = new Metadata();
        if (!string.IsNullOrEmpty(call.DatabaseHeader)) headers.Add("dbname", call.DatabaseHeader);
        try
        {
            var bytes = await _channel.CreateCallInvoker().AsyncUnaryCall(Raw(method), null, RunningSimulator.Within(20).WithHeaders(headers), request.ToByteArray());
            return new Answer("OK", "", method.OutputType.Parser.ParseFrom(bytes));
        }
        catch (RpcException refused)
        {
            return new Answer(Polls.Spelt(refused.StatusCode), refused.Status.Detail, null);
        }
    }

    private static Method<byte[], byte[]> Raw(MethodDescriptor method)
    {
        var bytes = Marshallers.Create(static (byte[] b) => b, static b => b);
        return new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, bytes, bytes);
    }
}
