using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Simulator.Model;

/// <summary>Databases, collections, partitions, aliases.</summary>
internal sealed class Catalog(World world)
{
    public const string DefaultDatabase = "default";

    private readonly Refusals _refusals = new(world.Rules);

    public Refusals Refusals => _refusals;

    private WorldState State => world.State;

    public bool HasDatabase(string name) => State.Databases.Exists(database => database.Name == name);

    public void RequireDatabase(string name)
    {
        if (!HasDatabase(name)) throw _refusals.DatabaseNotFound(name);
    }

    public Database CreateDatabase(string name)
    {
        if (HasDatabase(name)) throw Refusals.Unexpected($"database already exist: {name}");
        var database = new Database(world.NewId(), name, world.NewTimestamp());
        State.Databases.Add(database);
        return database;
    }

    /// <summary>As of 2.3.5, dropping what is not there is a success, of a database, a collection and an alias alike.</summary>
    public void DropDatabase(string name)
    {
        if (world.Rules.IsLite) RequireDatabase(name);
        if (State.Collections.Any(collection => collection.Database == name))
            throw Refusals.Unexpected($"database:{name} not empty, must drop all collections before drop database");
        State.Databases.RemoveAll(database => database.Name == name);
    }

    public Collection? ById(long id) => State.Collections.Find(id);

    /// <summary>By name or alias, or null.</summary>
    public Collection? Find(string database, string name) =>
        State.Collections.FindByName(database, name) ?? State.Collections.FindByAlias(database, name);

    public Collection Require(string database, string name)
    {
        if (world.Rules.UnknownDatabaseIsItsOwnError) RequireDatabase(database);
        return Find(database, name) ?? throw NotFound(database, name);
    }

    /// <summary>Of a collection's own name; Lite alone knows it by an alias too.</summary>
    public IEnumerable<string> AliasesOf(string database, string name)
    {
        if (world.Rules.IsLite) return Require(database, name).Aliases;
        if (world.Rules.UnknownDatabaseIsItsOwnError) RequireDatabase(database);
        return (State.Collections.FindByName(database, name) ?? throw Refusals.CollectionNotFound(name)).Aliases;
    }

    private MilvusRefusal NotFound(string database, string name) => State.DroppedNames.TryGetValue(DroppedName(database, name), out var gone)
        ? Refusals.CollectionNotFound(gone.Id)
        : _refusals.CollectionNotFound(database, name);

    private static string DroppedName(string database, string name) => $"{database}/{name}";

    /// <summary>Where a request has both an id and a name, the name is looked at only when there is no id.</summary>
    public Collection Require(long id, string database, string name) =>
        id == 0 && name.Length > 0 ? Require(database, name) : ById(id) ?? throw (world.Rules.IsLite ? _refusals.CollectionNotFound(database, name) : Refusals.CollectionNotFound(id));

    /// <summary>A list is made in two steps, ids first: a segment that a compaction drops between them fails the whole call.</summary>
    public void StumbleOverDroppedSegment(Collection collection)
    {
        if (world.Now >= collection.LosesSegmentsUntil) return;
        if (collection.TimesListed++ % 2 == 0) throw Refusals.SegmentNotFound(collection.LastDroppedSegment);
    }

    public Collection CreateCollection(string database, CollectionSchema schema, int shards, IReadOnlyList<string> partitions, int consistencyLevel = (int)ConsistencyLevel.Bounded)
    {
        RequireDatabase(database);
        var fieldId = 100;
        foreach (var field in schema.Fields) field.FieldID = fieldId++;
        if (Find(database, schema.Name) is { } existing) return TheSame(existing, schema, shards);
        State.DroppedNames.Remove(DroppedName(database, schema.Name));
        var id = world.NewId();
        var createdAt = world.NewTimestamp();
        var collection = new Collection
        {
            Id = id,
            Database = database,
            Name = schema.Name,
            CreatedAt = createdAt,
            SchemaBytes = schema.ToByteArray(),
            Channels = [.. Enumerable.Range(0, Math.Max(1, shards)).Select(shard => $"{world.Rules.ChannelPrefix}{shard}_{id}v{shard}")],
            Partitions = [.. partitions.Select(name => new Partition(world.NewId(), name, createdAt))],
            ConsistencyLevel = consistencyLevel,
        };
        State.Collections.Add(collection);
        return collection;
    }

    /// <summary>A collection is made again with success if nothing about it differs.</summary>
    private Collection TheSame(Collection existing, CollectionSchema schema, int shards)
    {
        if (world.Rules.IsLite) throw Refusals.Invalid($"collection already exist: {schema.Name}");
        if (existing.Name == schema.Name && existing.Schema.Equals(schema) && existing.Channels.Count == Math.Max(1, shards)) return existing;
        throw Refusals.Unexpected($"create duplicate collection with different parameters, collection: {schema.Name}");
    }

    public void DropCollection(Collection collection)
    {
        State.Collections.Remove(collection);
        if (world.Rules.RemembersDroppedNames)
            foreach (var name in collection.Aliases.Append(collection.Name)) State.DroppedNames[DroppedName(collection.Database, name)] = new(collection.Id, collection.Name);
        world.Compactions.Dropped(task => task.CollectionId == collection.Id);
        foreach (var segment in world.SegmentsOf(collection.Id)) segment.State = SegmentState.Dropped;
        State.Segments.RemoveOf(collection.Id, segment => !segment.IsCompacting);
    }

    public void RenameCollection(string database, string oldName, string newDatabase, string newName)
    {
        if (newDatabase.Length == 0) newDatabase = database;
        if (!HasDatabase(database)) throw Refusals.Unexpected($"database:{database} not found");
        if (!HasDatabase(newDatabase)) throw Refusals.Unexpected($"target database:{newDatabase} not found");
        if (State.Collections.FindByAlias(database, oldName) is not null) throw Refusals.Unexpected($"unsupported use an alias to rename collection, alias:{oldName}");
        if (Find(newDatabase, newName) is not null) throw Refusals.Unexpected($"duplicated new collection name {newDatabase}:{newName} with other collection name or alias");
        var collection = Find(database, oldName) ?? throw NotFoundNow(database, oldName);
        if (newDatabase != database && collection.Aliases.Count > 0)
            throw Refusals.Unexpected("fail to rename db name, must drop all aliases of this collection before rename");
        State.Collections.Move(collection, newDatabase, newName);
        collection.Rename(newName);
        foreach (var task in State.Tasks.Concat(State.Unrecorded).Where(task => task.CollectionId == collection.Id)) (task.Database, task.CollectionName) = (newDatabase, newName);
    }

    /// <summary>Sets properties and removes others; every server merges them with those that are there.</summary>
    public void AlterCollection(string database, string name, IReadOnlyDictionary<string, string> properties, IReadOnlyCollection<string> without)
    {
        // A server that does not know the field sees a request without it.
        if (!world.Rules.HasDeleteKeys) without = [];
        if (name.Length == 0) throw Refusals.Unexpected("alter collection failed, collection name does not exists");
        if (properties.Count == 0 && without.Count == 0) throw Refusals.Unexpected("only support alter collection properties, but collection properties is empty");
        if (properties.Count > 0 && without.Count > 0) throw Refusals.Unexpected("can not provide properties and deletekeys at the same time");
        var collection = Find(database, name) ?? throw NotFoundNow(database, name);
        if (world.Rules.AltersMmapOnlyReleased && properties.ContainsKey("mmap.enabled") && collection.Load != LoadStage.NotLoaded)
            throw Refusals.Loaded(name, "can not alter mmap properties if collection loaded");
        foreach (var (key, value) in properties) collection.Properties[key] = value;
        foreach (var key in without) collection.Properties.Remove(key);
    }

    /// <summary>Old servers ask their root coordinator here, whose text names the moment and the database's number.</summary>
    private MilvusRefusal NotFoundNow(string database, string name) => world.Rules.SaysWhenItLooked
        ? new MilvusRefusal(100, $"timestamp = {world.NewTimestamp()}: collection not found[database={State.Databases.Find(d => d.Name == database)?.Id ?? 0}][collection={name}]")
        : _refusals.CollectionNotFound(database, name);

    public void CreateAlias(string database, string alias, string name)
    {
        var collection = Require(database, name);
        if (State.Collections.FindByName(database, alias) is not null) throw new MilvusRefusal(1601, $"alias and collection name conflict[database={database}][alias={alias}]");
        if (State.Collections.FindByAlias(database, alias) is { } holder)
        {
            if (holder == collection) return;
            throw Taken(database, alias, holder.Name);
        }

        // The alias of a dropped collection stays taken until it is dropped or moved itself.
        if (State.DroppedNames.TryGetValue(DroppedName(database, alias), out var gone) && gone.Name != alias) throw Taken(database, alias, gone.Name);
        State.Collections.AddAlias(collection, alias);
    }

    private static MilvusRefusal Taken(string database, string alias, string name) =>
        new(1602, $"{alias} is alias to another collection: {name}: alias already exist[database={database}][alias={alias}]");

    public void AlterAlias(string database, string alias, string name)
    {
        var target = Require(database, name);
        if (!State.DroppedNames.Remove(DroppedName(database, alias))) State.Collections.RemoveAlias(RequireAlias(database, alias), alias);
        State.Collections.AddAlias(target, alias);
    }

    public void DropAlias(string database, string alias)
    {
        State.DroppedNames.Remove(DroppedName(database, alias));
        if (State.Collections.FindByAlias(database, alias) is { } holder) State.Collections.RemoveAlias(holder, alias);
        else if (world.Rules.IsLite) throw _refusals.AliasNotFound(database, alias);
    }

    public Collection RequireAlias(string database, string alias) =>
        State.Collections.FindByAlias(database, alias) ?? throw _refusals.AliasNotFound(database, alias);
}
