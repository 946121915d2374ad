using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway;

/// <summary>Lets one message through, once, and knows for certain whether it may have left.</summary>
internal sealed class TriggerPermit(ISendPermit permit)
{
    private readonly Lock _gate = new();
    private bool _used;
    private bool _begun;
    private bool _closed;
    private string? _heldBack;

    /// <summary>Called by the request content right before it writes.</summary>
    /// <exception cref="IOException">The message must not be written now.</exception>
    public void Use()
    {
        lock (_gate)
        {
            // A deadline ends the call while its content may just be about to write on another thread: once judged, nothing may follow.
            if (_closed) throw new IOException("the call has ended already");
            // HttpClient writes a message again on a new connection when the server said that it had not looked at the first one; we do not rely on that.
            if (_used) throw new IOException("a trigger is written once only");
            _used = true;
            if (!permit.TryUse()) _heldBack = "the time to send it was over, or its permit was used before";
            if (_heldBack is not null) throw new IOException(_heldBack);
            _begun = true;
        }
    }

    /// <summary>Ends the right to send. Null when a first byte may have been written; else why none was, or an empty text where the permit was never asked.</summary>
    public string? Close()
    {
        lock (_gate)
        {
            _closed = true;
            return _begun ? null : _heldBack ?? "";
        }
    }
}
