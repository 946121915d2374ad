using Grpc.Core;
using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Wire;
using WireStatus = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Makes calls that may be repeated, each with a deadline, and gives every failure one form. Those that only read are tried again here while their failures
/// are transient; those that change something are made once, because only the caller knows whether he still may.
/// </summary>
internal sealed class ReadCalls(MilvusConnectionOptions options, TimeProvider time) : IDisposable
{
    private readonly MilvusChannel _channel = MilvusChannel.ForReads(options);
    private readonly string _server = options.Address.Authority;

    /// <summary>The answer, proven a success.</summary>
    /// <exception cref="MilvusException">Any failure; transient ones after the last attempt.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(
        string? database, Func<MilvusService.MilvusServiceClient, CallOptions, AsyncUnaryCall<TAnswer>> call, Func<TAnswer, WireStatus?> statusOf,
        CancellationToken cancellationToken, bool segmentsMayVanish = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await OnceAsync(database, call, statusOf, segmentsMayVanish, cancellationToken).ConfigureAwait(false);
            }
            catch (MilvusException e) when (attempt < options.ReadAttempts && MayHelp(e.Failure))
            {
                // Fall through to the pause.
            }
            await Task.Delay(PauseAfter(attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="CallAsync"/>, but null where the server does not have this call.</summary>
    public async Task<TAnswer?> TryCallAsync<TAnswer>(
        string? database, Func<MilvusService.MilvusServiceClient, CallOptions, AsyncUnaryCall<TAnswer>> call, Func<TAnswer, WireStatus?> statusOf,
        CancellationToken cancellationToken, bool segmentsMayVanish = false) where TAnswer : class
    {
        try
        {
            return await CallAsync(database, call, statusOf, cancellationToken, segmentsMayVanish).ConfigureAwait(false);
        }
        catch (MilvusException e) when (e.Failure.Kind == MilvusFailureKind.NotSupported)
        {
            return null;
        }
    }

    /// <summary>As <see cref="CallAsync"/>, but sent once: what fails in passing is the caller's to repeat.</summary>
    public Task<TAnswer> CallOnceAsync<TAnswer>(
        string? database, Func<MilvusService.MilvusServiceClient, CallOptions, AsyncUnaryCall<TAnswer>> call, Func<TAnswer, WireStatus?> statusOf,
        CancellationToken cancellationToken) => OnceAsync(database, call, statusOf, segmentsMayVanish: false, cancellationToken);

    public void Dispose() => _channel.Dispose();

    private async Task<TAnswer> OnceAsync<TAnswer>(
        string? database, Func<MilvusService.MilvusServiceClient, CallOptions, AsyncUnaryCall<TAnswer>> call, Func<TAnswer, WireStatus?> statusOf,
        bool segmentsMayVanish, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TAnswer answer;
        try
        {
            answer = await call(_channel.Client, _channel.Call(database, options.CallTimeout, cancellationToken)).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MilvusException(FailureClassifier.OfRead(e.Status, _server), e);
        }
        return FailureClassifier.OfAnswer(statusOf(answer), segmentsMayVanish) is { } failure ? throw new MilvusException(failure) : answer;
    }

    // A call that used its whole deadline up has taken its caller's time already: whether to wait once more is the caller's choice.
    private static bool MayHelp(MilvusFailure failure) =>
        failure.Kind == MilvusFailureKind.Transient && failure.GrpcStatus != FailureClassifier.NameOf(StatusCode.DeadlineExceeded);

    // Doubling, and jittered so that the runs of a node do not come back all at once.
    private TimeSpan PauseAfter(int attempt) =>
        options.ReadBackOff * Math.Min(Math.Pow(2, attempt - 1), 1024) * (0.75 + Random.Shared.NextDouble() / 2);
}
