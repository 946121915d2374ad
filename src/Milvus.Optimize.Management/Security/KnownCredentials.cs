using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Milvus.Optimize.Management.Security;

/// <summary>
/// Hashes of the credentials that got in lately. They let nobody in: who has one is looked up even while the address is refused too often, so that bad
/// neighbours behind one address cost neither the good ones their calls nor a database a query each.
/// </summary>
internal sealed class KnownCredentials(TimeProvider time)
{
    private const int Most = 10_000;
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, long> _lastGood = [];

    public bool Has(string credential) => _lastGood.TryGetValue(HashOf(credential), out var at) && time.GetElapsedTime(at) < Lately;

    /// <param name="credential">As it came in the header.</param>
    /// <param name="isGood">It got in; else it is forgotten.</param>
    public void Remember(string credential, bool isGood)
    {
        if (!isGood)
        {
            if (!_lastGood.IsEmpty) _lastGood.TryRemove(HashOf(credential), out _);
            return;
        }

        // More good callers than this there are not, so the oldest is not searched for.
        if (_lastGood.Count >= Most) _lastGood.Clear();
        _lastGood[HashOf(credential)] = time.GetTimestamp();
    }

    private static string HashOf(string credential) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(credential)));
}
