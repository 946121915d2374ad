using System.Collections;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>All collections, found by id, name and alias without a search. Names and aliases change only here, so that no index grows stale.</summary>
internal sealed class CollectionTable : ICollection<Collection>
{
    private readonly Dictionary<long, Collection> _byId = [];
    private readonly Dictionary<(string Database, string Name), Collection> _byName = [];
    private readonly Dictionary<(string Database, string Alias), Collection> _byAlias = [];

    public int Count => _byId.Count;

    public bool IsReadOnly => false;

    public Collection? Find(long id) => _byId.GetValueOrDefault(id);

    public Collection? FindByName(string database, string name) => _byName.GetValueOrDefault((database, name));

    public Collection? FindByAlias(string database, string alias) => _byAlias.GetValueOrDefault((database, alias));

    public void Add(Collection item)
    {
        _byId.Add(item.Id, item);
        _byName.Add((item.Database, item.Name), item);
        foreach (var alias in item.Aliases) _byAlias.Add((item.Database, alias), item);
    }

    public bool Remove(Collection item)
    {
        if (!_byId.Remove(item.Id)) return false;
        _byName.Remove((item.Database, item.Name));
        foreach (var alias in item.Aliases) _byAlias.Remove((item.Database, alias));
        return true;
    }

    public void Move(Collection collection, string database, string name)
    {
        Remove(collection);
        collection.Database = database;
        collection.Name = name;
        Add(collection);
    }

    public void AddAlias(Collection collection, string alias)
    {
        _byAlias.Add((collection.Database, alias), collection);
        collection.Aliases.Add(alias);
    }

    public void RemoveAlias(Collection collection, string alias)
    {
        _byAlias.Remove((collection.Database, alias));
        collection.Aliases.Remove(alias);
    }

    public bool Contains(Collection item) => _byId.ContainsKey(item.Id);

    public void Clear()
    {
        _byId.Clear();
        _byName.Clear();
        _byAlias.Clear();
    }

    public void CopyTo(Collection[] array, int arrayIndex) => _byId.Values.CopyTo(array, arrayIndex);

    public IEnumerator<Collection> GetEnumerator() => _byId.Values.OrderBy(collection => collection.Id).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
