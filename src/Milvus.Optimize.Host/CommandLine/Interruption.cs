using System.Runtime.InteropServices;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Signals as tokens. A second one of a kind does nothing more: what the first began is short and must not be cut.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly CancellationTokenSource _terminated = new();
    private readonly CancellationTokenSource _either;
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption() => _either = CancellationTokenSource.CreateLinkedTokenSource(_left.Token, _terminated.Token);

    /// <summary>Ctrl-C: the caller leaves, its run goes on in the background.</summary>
    public CancellationToken Left => _left.Token;

    /// <summary>SIGTERM: whoever ends this process wants nothing to stay.</summary>
    public CancellationToken Terminated => _terminated.Token;

    public CancellationToken Either => _either.Token;

    /// <summary>Takes the signals of this process.</summary>
    public static Interruption OfProcess()
    {
        var interruption = new Interruption();
        interruption.Register(PosixSignal.SIGINT, interruption.Leave);
        interruption.Register(PosixSignal.SIGTERM, interruption.Terminate);
        interruption.Register(PosixSignal.SIGHUP, interruption.Terminate);
        return interruption;
    }

    public void Leave() => _left.Cancel();

    public void Terminate() => _terminated.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _either.Dispose();
        _left.Dispose();
        _terminated.Dispose();
    }

    private void Register(PosixSignal signal, Action act) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    }));
}
