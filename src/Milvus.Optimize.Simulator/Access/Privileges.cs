using System.Collections.Frozen;

namespace Milvus.Optimize.Simulator.Access;

/// <summary>The privilege that an RPC asks for; RPCs that are not here are free to whoever has a password, as IndexDetail and DescribeCollection, which the role "public" has.</summary>
internal static class Privileges
{
    private static readonly FrozenDictionary<string, string> ByRpc = new Dictionary<string, string>
    {
        ["ManualCompaction"] = "Compaction",
        ["LoadCollection"] = "Load",
        ["ReleaseCollection"] = "Release",
        ["GetLoadState"] = "GetLoadState",
        ["GetLoadingProgress"] = "GetLoadState",
        ["CreateIndex"] = "CreateIndex",
        ["DropIndex"] = "DropIndex",
        ["Flush"] = "Flush",
        ["GetFlushState"] = "GetFlushState",
        ["GetCollectionStatistics"] = "GetStatistics",
        ["CreatePartition"] = "CreatePartition",
        ["DropPartition"] = "DropPartition",
        ["HasPartition"] = "HasPartition",
        ["LoadPartitions"] = "Load",
        ["ReleasePartitions"] = "Release",
        ["RenameCollection"] = "RenameCollection",
        ["AlterCollection"] = "CreateCollection",
        ["AlterIndex"] = "CreateIndex",
        ["AlterAlias"] = "CreateAlias",
        ["FlushAll"] = "FlushAll",
        ["CreateCredential"] = "CreateOwnership",
        ["UpdateCredential"] = "UpdateUser",
        ["DeleteCredential"] = "DropOwnership",
        ["ListCredUsers"] = "SelectOwnership",
        ["SelectUser"] = "SelectUser",
        ["SelectRole"] = "SelectOwnership",
        ["Insert"] = "Insert",
        ["Delete"] = "Delete",
        ["Upsert"] = "Upsert",
        ["Search"] = "Search",
        ["Query"] = "Query",
        ["CreateCollection"] = "CreateCollection",
        ["DropCollection"] = "DropCollection",
        ["ShowPartitions"] = "ShowPartitions",
        ["CreateAlias"] = "CreateAlias",
        ["DropAlias"] = "DropAlias",
        ["DescribeAlias"] = "DescribeAlias",
        ["ListAliases"] = "ListAliases",
        ["ListDatabases"] = "ListDatabases",
        ["CreateDatabase"] = "CreateDatabase",
        ["DropDatabase"] = "DropDatabase",
        ["DescribeDatabase"] = "DescribeDatabase",
    }.ToFrozenDictionary();

    // As 2.3.5 was recorded: it has no privilege of its own for these, or asks for none.
    private static readonly FrozenDictionary<string, string?> Old = new Dictionary<string, string?>
    {
        ["GetLoadState"] = "Load",
        ["GetLoadingProgress"] = "Load",
        ["GetFlushState"] = null,
        ["ShowPartitions"] = null,
        ["AlterAlias"] = null,
    }.ToFrozenDictionary();

    /// <summary>What everybody may do to the own user.</summary>
    public static readonly FrozenSet<string> OfOneself = ["UpdateUser", "SelectUser"];

    public static string? Of(string rpc, bool old) => old && Old.TryGetValue(rpc, out var other) ? other : ByRpc.GetValueOrDefault(rpc);
}
