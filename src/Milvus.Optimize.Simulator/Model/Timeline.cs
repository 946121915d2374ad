using System.Collections;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>What will happen, the next thing first.</summary>
internal sealed class Timeline : ICollection<Happening>
{
    private readonly SortedSet<Happening> _happenings = new(Comparer<Happening>.Create(
        (a, b) => a.DueAt != b.DueAt ? a.DueAt.CompareTo(b.DueAt) : a.Number.CompareTo(b.Number)));

    public int Count => _happenings.Count;

    public bool IsReadOnly => false;

    public Happening? Next => _happenings.Min;

    public void Add(Happening item) => _happenings.Add(item);

    public bool Remove(Happening item) => _happenings.Remove(item);

    public void RemoveAll(Predicate<Happening> which) => _happenings.RemoveWhere(which);

    /// <summary>Everything takes that much longer.</summary>
    public void Shift(TimeSpan by)
    {
        var later = _happenings.Select(happening => happening with { DueAt = happening.DueAt + by }).ToList();
        _happenings.Clear();
        _happenings.UnionWith(later);
    }

    public bool Contains(Happening item) => _happenings.Contains(item);

    public void Clear() => _happenings.Clear();

    public void CopyTo(Happening[] array, int arrayIndex) => _happenings.CopyTo(array, arrayIndex);

    public IEnumerator<Happening> GetEnumerator() => _happenings.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
