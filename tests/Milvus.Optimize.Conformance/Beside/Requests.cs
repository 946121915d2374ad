using Google.Protobuf;
using Milvus.Optimize.Wire;

namespace Milvus.Optimize.Conformance;

/// <summary>What an SDK sends, for a collection of a key "id" and a vector "v".</summary>
internal static class Requests
{
    public const int Dimension = 8;

    public static CreateCollectionRequest Create(string name, int shards = 1, string database = "") => new()
    {
        DbName = database,
        CollectionName = name,
        ShardsNum = shards,
        Schema = new CollectionSchema
        {
            Name = name,
            Fields =
            {
                new FieldSchema { Name = "id", IsPrimaryKey = true, DataType = DataType.Int64 },
                new FieldSchema { Name = "v", DataType = DataType.FloatVector, TypeParams = { Pair("dim", "8") } },
            },
        }.ToByteString(),
    };

    /// <summary>Rows with the keys from <paramref name="first"/> on; both servers get the same bytes.</summary>
    public static InsertRequest Insert(string name, int rows, long first, string partition = "", string database = "") => new()
    {
        DbName = database,
        CollectionName = name,
        PartitionName = partition,
        NumRows = (uint)rows,
        FieldsData = { Fields([.. Enumerable.Range(0, rows).Select(row => first + row)]) },
    };

    /// <summary>Rows of these keys, in the place of those that are there.</summary>
    public static UpsertRequest Upsert(string name, IReadOnlyList<long> keys, string partition = "", string database = "") => new()
    {
        DbName = database,
        CollectionName = name,
        PartitionName = partition,
        NumRows = (uint)keys.Count,
        FieldsData = { Fields(keys) },
    };

    public static DeleteRequest Delete(string name, IEnumerable<long> keys, string partition = "", string database = "") =>
        new() { DbName = database, CollectionName = name, PartitionName = partition, Expr = $"id in [{string.Join(", ", keys)}]" };

    public static FlushRequest Flush(string name, string database = "") => new() { DbName = database, CollectionNames = { name } };

    public static CreateIndexRequest Index(string name, string database = "") => new()
    {
        DbName = database,
        CollectionName = name,
        FieldName = "v",
        ExtraParams = { Pair("M", "8"), Pair("efConstruction", "64"), Pair("metric_type", "L2"), Pair("index_type", "HNSW") },
    };

    public static ManualCompactionRequest Compact(long collection, string name) =>
        new() { CollectionID = collection, CollectionName = name, TargetSize = long.MaxValue };

    private static FieldData[] Fields(IReadOnlyList<long> keys)
    {
        var floats = new FloatArray();
        for (var row = 0; row < keys.Count; row++)
            for (var i = 0; i < Dimension; i++) floats.Data.Add((keys[row] + (row * 6) + i) % 101 / 100f);
        return
        [
            new FieldData { FieldName = "id", Type = DataType.Int64, Scalars = new() { LongData = new LongArray { Data = { keys } } } },
            new FieldData { FieldName = "v", Type = DataType.FloatVector, Vectors = new() { Dim = Dimension, FloatVector = floats } },
        ];
    }

    public static Milvus.Optimize.Wire.KeyValuePair Pair(string key, string value) => new() { Key = key, Value = value };
}
