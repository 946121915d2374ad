using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using Status = Grpc.Core.Status;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// One <c>ManualCompaction</c>, sent at most once: on a connection of its own that a cheap read has just shown to be up, under a permit that is used
/// up right before the message is written, without any retry, and closed with RST so that no byte is delivered later.
/// </summary>
internal sealed class TriggerCall(MilvusConnectionOptions options, TriggerRequest request, TriggerPermit permit)
{
    private const string Cancelled = "cancelled before it was sent";
    private readonly string _server = options.Address.Authority;

    public async Task<TriggerOutcome> SendAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return NotSent(Cancelled);
        using var channel = MilvusChannel.ForTrigger(options, permit.Use);
        if (await ProbeAsync(channel, cancellationToken).ConfigureAwait(false) is { } ended) return ended;
        try
        {
            var call = channel.Call(request.Name.Database, request.CallTimeout, cancellationToken);
            var answer = await channel.Client.ManualCompactionAsync(Message(), call).ConfigureAwait(false);
            return Outcome(answer);
        }
        catch (RpcException e)
        {
            return Outcome(e.Status, cancellationToken);
        }
    }

    // Nothing was sent while this runs, so whatever fails here is no attempt.
    private async Task<TriggerOutcome?> ProbeAsync(MilvusChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            var call = channel.Call(request.Name.Database, options.ConnectTimeout, cancellationToken);
            var answer = await channel.Client.GetVersionAsync(new GetVersionRequest(), call).ConfigureAwait(false);
            return FailureClassifier.OfAnswer(answer.Status) is { } failure ? NotSent(failure.ToString()) : null;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented && FailureClassifier.IsRefusal(e.Status))
        {
            // An answer is an answer: the connection is up.
            return null;
        }
        catch (RpcException e)
        {
            if (cancellationToken.IsCancellationRequested) return NotSent(Cancelled);
            var failure = FailureClassifier.OfRead(e.Status, _server);
            // Who may not even ask for the version will not be let in later either: better a refusal now than a wait until the run's deadline.
            return FailureClassifier.IsRefusal(e.Status) && failure.Kind == MilvusFailureKind.Permanent
                ? new TriggerOutcome.Refused(failure)
                : NotSent(failure.ToString());
        }
    }

    // The header `dbname` does not reach this message on every server, and an id of 0 would mean every collection: name everything.
    private ManualCompactionRequest Message() => new()
    {
        CollectionID = request.Name.CollectionId,
        CollectionName = request.Name.Name,
        DbName = request.Name.Database,
        TargetSize = request.TargetSizeMb,
    };

    private static TriggerOutcome Outcome(ManualCompactionResponse answer)
    {
        if (FailureClassifier.OfAnswer(answer.Status) is not { } failure)
            return new TriggerOutcome.Acknowledged(answer.CompactionID, answer.CompactionPlanCount);
        return FailureClassifier.IsAmbiguous(failure)
            ? new TriggerOutcome.Unknown(failure with { Kind = MilvusFailureKind.Unknown })
            : new TriggerOutcome.Refused(failure);
    }

    private TriggerOutcome Outcome(Status status, CancellationToken cancellationToken)
    {
        var heldBack = permit.Close();
        var failure = FailureClassifier.OfTrigger(status, _server);
        if (FailureClassifier.IsRefusal(status)) return new TriggerOutcome.Refused(failure);
        if (heldBack is null) return new TriggerOutcome.Unknown(failure);
        if (heldBack.Length > 0) return NotSent(heldBack);
        return NotSent(cancellationToken.IsCancellationRequested ? Cancelled : failure.ToString());
    }

    private static TriggerOutcome.NotSent NotSent(string reason) => new(reason);
}
