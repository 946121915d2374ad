namespace Milvus.Optimize.Simulator.Model;

/// <summary>A collection by its database and name, as a call, a fault or a plan speaks of it.</summary>
internal readonly record struct NamedCollection(string Database, string Name)
{
    /// <summary>By its bare name, which may be that of others in other databases, or by "database/name".</summary>
    public bool IsMeantBy(string text) => text == Name || text == $"{Database}/{Name}";
}
