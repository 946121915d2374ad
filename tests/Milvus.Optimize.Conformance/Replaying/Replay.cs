using Google.Protobuf;
using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>Asks the simulator what a recording asked a real server, at the same times of a clock of its own.</summary>
internal sealed class Replay(RecordedServer server, Action<IMessage>? spoil) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    /// <summary>Of a Milvus timestamp; the rest are milliseconds.</summary>
    private const int LogicalBits = 18;

    private static readonly TimeSpan SilencePatience = TimeSpan.FromMilliseconds(300);

    private Wire _wire = new(server.Address);
    private readonly Relations _relations = new();
    private TimeSpan? _offset;

    public async Task<Scorecard> RunAsync(string scenario, IReadOnlyList<RecordedCall> calls)
    {
        var score = new Scorecard(scenario);
        var polls = new Polls();
        WaitForStart(calls);
        var start = server.Time.GetUtcNow();
        foreach (var (call, at) in calls.SelectMany(call => call.Times()).OrderBy(one => one.AtMs))
        {
            var due = start + TimeSpan.FromMilliseconds(at);
            if (due > server.Time.GetUtcNow()) server.Time.Advance(due - server.Time.GetUtcNow());
            if (await server.BecomeAsync(HealthAt(call)))
            {
                // A channel that was refused waits before it connects again, by the wall clock.
                _wire.Dispose();
                _wire = new Wire(server.Address);
            }

            var (question, answer) = await AskAsync(scenario, call);
            if (call.Answer is not { } recorded) continue;
            if (answer.Message is { } message) spoil?.Invoke(message);
            _relations.CompareInto(score, call.Rpc, recorded, answer);
            if (Polls.IsPoll(call.Rpc)) polls.Add(call.Rpc, question, at / 1000, recorded, answer);
            else score.Compare(call.Rpc, recorded, answer);
        }

        polls.CompareInto(score);
        return score;
    }

    public void Dispose() => _wire.Dispose();

    /// <summary>A few milliseconds passed between two recordings. The timestamps that the server allotted tell how many.</summary>
    private void WaitForStart(IReadOnlyList<RecordedCall> calls)
    {
        if (calls.FirstOrDefault(call => call.Answer?.Message is AllocTimestampResponse { Timestamp: > 0 }) is not { } dated) return;
        var began = DateTimeOffset.FromUnixTimeMilliseconds((long)(((AllocTimestampResponse)dated.Answer!.Message!).Timestamp >> LogicalBits)).AddMilliseconds(-dated.AtMs);
        _offset ??= server.Time.GetUtcNow() - began;
        var due = began + _offset.Value;
        if (due > server.Time.GetUtcNow()) server.Time.Advance(due - server.Time.GetUtcNow());
    }

    private static Health HealthAt(RecordedCall call) => call.Answer?.GrpcStatus switch
    {
        "UNAVAILABLE" => Health.Down,
        "DEADLINE_EXCEEDED" => Health.Silent,
        _ => Health.Up,
    };

    private async Task<(string Question, Answer Answer)> AskAsync(string scenario, RecordedCall call)
    {
        if (call.Method is not { } method) throw new InvalidOperationException($"our protos lack {call.Rpc}");
        var request = method.InputType.Parser.ParseFrom(call.Request ?? []);
        var question = Shape.Question(request);
        var headers = new Metadata();
        if (!string.IsNullOrEmpty(call.DatabaseHeader)) headers.Add("dbname", call.DatabaseHeader);
        if (RecordedServer.Authorization(scenario) is { } authorization) headers.Add("authorization", authorization);
        return (question, await _wire.AskAsync(method, _relations.Translated(request), headers, HealthAt(call) == Health.Silent ? SilencePatience : Patience));
    }
}
