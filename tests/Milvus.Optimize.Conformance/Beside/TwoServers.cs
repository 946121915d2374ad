using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>The same calls to a real server and to the simulator, at the same time. Whoever calls speaks in the real server's ids.</summary>
internal sealed class TwoServers(Uri real, Uri simulated, Scorecard score) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WaitsFor = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Wire _real = new(real);
    private readonly Wire _simulated = new(simulated);
    private readonly Relations _relations = new();
    private Polls _polls = new(isLive: true);

    /// <summary>Calls so far, a wait counted once.</summary>
    public int Calls { get; private set; }

    /// <summary>Asks both and compares.</summary>
    /// <returns>What the real server said.</returns>
    public async Task<Answer> AskAsync(string rpc, IMessage request, string? database = null)
    {
        Calls++;
        var (left, right) = await BothAsync(rpc, request, database);
        score.Compare(rpc, left, right);
        return left;
    }

    /// <summary>Asks both for what a machine says of itself, and compares which fields there are and of what kind: what stands in them is another machine's, or another moment's.</summary>
    public async Task AskKindsAsync(string rpc, IMessage request)
    {
        Calls++;
        var (left, right) = await BothAsync(rpc, request, database: null);
        score.Compare(rpc, Kinds.Of(left), Kinds.Of(right));
    }

    /// <summary>Asks both until each has said what the caller waits for, and compares what they said on the way.</summary>
    public async Task WaitAsync(string rpc, IMessage request, Func<Answer, bool>? isOver = null, string? database = null)
    {
        Calls++;
        isOver ??= static answer => !UnderWay.Is(answer);
        using var over = new CancellationTokenSource(WaitsFor);
        while (true)
        {
            var (left, right) = await BothAsync(rpc, request, database);
            // Each wait is a question of its own, though it may be asked in the same words as an earlier one.
            _polls.Add(rpc, Calls.ToString(CultureInfo.InvariantCulture), 0, left, right);
            if (isOver(left) && isOver(right)) return;
            if (over.IsCancellationRequested)
            {
                score.NeverOver(rpc, isOver(left), isOver(right));
                return;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>What the waits came to, compared.</summary>
    public void Finish()
    {
        _polls.CompareInto(score);
        _polls = new Polls(isLive: true);
    }

    public void Dispose()
    {
        _real.Dispose();
        _simulated.Dispose();
    }

    private async Task<(Answer Real, Answer Simulated)> BothAsync(string rpc, IMessage request, string? database)
    {
        var method = MilvusReflection.Descriptor.Services.Single().FindMethodByName(rpc) ?? throw new InvalidOperationException($"our protos lack {rpc}");
        var headers = new Metadata();
        if (database is not null) headers.Add("dbname", database);
        var asked = _real.AskAsync(method, request, headers, Patience);
        var translated = _relations.Translated(method.InputType.Parser.ParseFrom(request.ToByteArray()));
        var (left, right) = (await asked, await _simulated.AskAsync(method, translated, headers, Patience));
        _relations.CompareInto(score, rpc, left, right);
        return (left, right);
    }
}
