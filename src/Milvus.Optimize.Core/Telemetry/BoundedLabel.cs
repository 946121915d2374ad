using System.Collections.Concurrent;

namespace Milvus.Optimize.Core.Telemetry;

/// <summary>A label whose values come from outside: the first few are themselves, whatever comes later is <c>other</c>, so that nobody can fill a metrics store.</summary>
/// <param name="most">How many values are kept.</param>
internal sealed class BoundedLabel(int most)
{
    public const string Other = "other";
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    public string Of(string value)
    {
        if (_known.ContainsKey(value)) return value;
        // Two at once may both be let in: a few more than the most harm nobody.
        return _known.Count < most && _known.TryAdd(value, true) ? value : _known.ContainsKey(value) ? value : Other;
    }
}
