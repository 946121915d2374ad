using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway.Tests;

/// <summary>Grants the first use, or none, and counts how often it was asked.</summary>
internal sealed class CountingPermit(bool grant = true) : ISendPermit
{
    private int _asked;

    public int Asked => _asked;

    public bool TryUse() => Interlocked.Increment(ref _asked) == 1 && grant;
}
