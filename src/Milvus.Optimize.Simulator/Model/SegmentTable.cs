using System.Collections;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>All segments, found by id and by collection without a search: half a million of them are nothing special.</summary>
internal sealed class SegmentTable : ICollection<Segment>
{
    private readonly Dictionary<long, Segment> _byId = [];
    private readonly Dictionary<long, List<Segment>> _byCollection = [];

    public int Count => _byId.Count;

    public bool IsReadOnly => false;

    public Segment? Find(long id) => _byId.GetValueOrDefault(id);

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<Segment> Of(long collectionId) => _byCollection.TryGetValue(collectionId, out var segments) ? segments : [];

    public void Add(Segment item)
    {
        _byId.Add(item.Id, item);
        if (!_byCollection.TryGetValue(item.CollectionId, out var siblings)) _byCollection[item.CollectionId] = siblings = [];
        siblings.Add(item);
    }

    public bool Remove(Segment item)
    {
        if (!_byId.Remove(item.Id)) return false;
        var siblings = _byCollection[item.CollectionId];
        siblings.Remove(item);
        if (siblings.Count == 0) _byCollection.Remove(item.CollectionId);
        return true;
    }

    public void RemoveOf(long collectionId, Predicate<Segment> which)
    {
        foreach (var segment in Of(collectionId).Where(segment => which(segment)).ToList()) Remove(segment);
    }

    public bool Contains(Segment item) => _byId.ContainsKey(item.Id);

    public void Clear()
    {
        _byId.Clear();
        _byCollection.Clear();
    }

    public void CopyTo(Segment[] array, int arrayIndex) => _byId.Values.CopyTo(array, arrayIndex);

    public IEnumerator<Segment> GetEnumerator() => _byCollection.Values.SelectMany(segments => segments).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
