namespace Milvus.Optimize.Simulator.Model;

/// <summary>The parts of a collection. What is done twice is done: neither making nor dropping one again is an error.</summary>
internal sealed class Partitions(World world)
{
    public const string Default = "_default";

    private const int MaxNameLength = 255;

    public static Partition? Find(Collection collection, string name) => collection.Partitions.Find(partition => partition.Name == name);

    public Partition Require(Collection collection, string name) =>
        Find(collection, name) ?? throw world.Catalog.Refusals.PartitionNotFound(name);

    /// <summary>Names of the partitions that a collection begins with; null takes the server's own number for a partition key.</summary>
    public static IReadOnlyList<string> Initial(GenerationRules rules, bool hasKey, int? asked)
    {
        if (!hasKey) return [Default];
        var numbers = Enumerable.Range(0, asked ?? rules.KeyedPartitions);
        return rules.IsLite
            ? [Default, .. numbers.Select(number => $"_pk_{number}")]
            : [.. numbers.Select(number => $"{Default}_{number}")];
    }

    public bool Has(Collection collection, string name)
    {
        CheckName(name);
        return Find(collection, name) is not null;
    }

    public void Create(Collection collection, string name)
    {
        CheckName(name);
        if (collection.HasPartitionKey) throw Refusals.Unexpected("disable create partition if partition key mode is used");
        if (Find(collection, name) is not null)
        {
            if (world.Rules.IsLite) throw new MilvusRefusal(1, name) { LegacyCode = Wire.ErrorCode.UnexpectedError };
            return;
        }

        var partition = new Partition(world.NewId(), name, world.NewTimestamp());
        collection.Partitions.Add(partition);
        if (collection.Load != LoadStage.NotLoaded && collection.LeavesNewPartitionsOut) collection.UnloadedPartitions.Add(partition.Id);
    }

    public void Drop(Collection collection, string name)
    {
        CheckName(name);
        if (collection.HasPartitionKey) throw Refusals.Unexpected("disable drop partition if partition key mode is used");
        if (name == Default)
            throw world.Rules.IsLite
                ? new MilvusRefusal(6, $"cannot remove default partition '{name}'") { LegacyCode = (Wire.ErrorCode)6 }
                : Refusals.Unexpected("default partition cannot be deleted");
        if (Find(collection, name) is not { } partition)
        {
            if (world.Rules.IsLite) throw world.Catalog.Refusals.PartitionNotFound(name);
            return;
        }

        if (!world.Rules.IsLite && collection.StageOf(partition.Id) != LoadStage.NotLoaded)
            throw Refusals.Unexpected("partition cannot be dropped, partition is loaded, please release it first");
        collection.Partitions.Remove(partition);
        collection.UnloadedPartitions.Remove(partition.Id);
        world.Compactions.Dropped(task => task.PartitionId == partition.Id);
        foreach (var segment in world.SegmentsOf(collection.Id).Where(segment => segment.PartitionId == partition.Id)) segment.State = Wire.SegmentState.Dropped;
        world.State.Segments.RemoveOf(collection.Id, segment => segment.PartitionId == partition.Id && !segment.IsCompacting);
    }

    private void CheckName(string name)
    {
        if (world.Rules.IsLite) return;
        var start = $"Invalid partition name: {name}. ";
        if (name.Length == 0) throw Refusals.Unexpected(start + "Partition name should not be empty.");
        if (name.Length > MaxNameLength) throw Refusals.Unexpected(start + $"The length of a partition name must be less than {MaxNameLength} characters.");
        if (!name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)))
            throw Refusals.Unexpected(start + "Partition name can only contain numbers, letters and underscores.");
    }
}
