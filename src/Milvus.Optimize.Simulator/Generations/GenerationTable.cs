using System.Collections.Immutable;

namespace Milvus.Optimize.Simulator;

/// <summary>One line per generation: each says only how it differs from g4, the default of every switch.</summary>
internal static class GenerationTable
{
    private static readonly ImmutableArray<GenerationRules> All =
    [
        new()
        {
            Name = "2.3",
            Version = "v2.3.5-lite",
            BuildTags = "v2.3.5-lite",
            BuildTime = "Fri Jan 19 14:23:10 UTC 2024",
            GitCommit = "9aceff5a6",
            GoVersion = "go version go1.20.4 linux/amd64",
            ChannelPrefix = "by-dev-_",
            KeyedPartitions = 64,
            TargetSize = TargetSizeMeaning.Ignored,
            NothingToDo = NothingToDo.PositiveId,
            SegmentMaxSizeMb = 512,
            AutoCompactionSeconds = 25,
            PlanLookSeconds = 10,
            IndexLookSeconds = 1,
            HasL0 = false,
            HasManagementLists = false,
            SkipsUnsorted = false,
            SkipsProtected = false,
            SkipsL2 = false,
            CompactsById = true,
            SendsPlanCount = false,
            CountsFinishedPlans = true,
            CompactionIdZeroMeansAll = true,
            RestartKeepsTasks = false,
            DropFailsTasks = true,
            SortsAfterFlush = false,
            SendsLevelAndSorted = false,
            ShowsGrowingInQueryView = false,
            SendsMemSize = false,
            MarksInputErrors = false,
            FiltersIndexesByField = false,
            RemembersDroppedNames = true,
            DescribeKeepsOldErrorText = true,
            DescribeEchoesName = true,
            UnknownDatabaseIsItsOwnError = false,
            HasDeleteKeys = false,
            AltersMmapOnlyReleased = false,
            SaysWhenItLooked = true,
            AlterIndexIsBroken = true,
            IndexStateHidesRefusals = true,
            UpsertWantsOwnKeys = true,
            HasCompactionFilters = false,
            Unimplemented = ["DescribeDatabase"],
        },
        new() { Name = "g0", Version = "2.6.6", TargetSize = TargetSizeMeaning.Ignored, SkipsL2 = false, SkipsProtected = false },
        WithFirstPolicy(new() { Name = "g1", Version = "2.6.9", TargetSize = TargetSizeMeaning.AlwaysAuto, MemoryFactor = 3 }),
        WithFirstPolicy(new() { Name = "g2", Version = "master-20260224-2d14975d18", TargetSize = TargetSizeMeaning.Bytes, MemoryFactor = 3 }),
        WithFirstPolicy(new() { Name = "g3", Version = "2.6.15" }),
        new() { Name = "g4", Version = "2.6.17" },
        WithKnapsack(new() { Name = "g5", Version = "3.0.0" }),
        WithKnapsack(new() { Name = "g6", Version = "3.0.2", SendsPlanDetails = true, PlainRewritesEach = true }),
        new()
        {
            Name = "lite",
            Version = "milvus_lite-3.2.2",
            BuildTags = "milvus_lite",
            TargetSize = TargetSizeMeaning.Ignored,
            NothingToDo = NothingToDo.Zero,
            HasL0 = false,
            HasManagementLists = false,
            SortsAfterFlush = false,
            MarksInputErrors = false,
            IsLite = true,
            LeastPingSeconds = 30,
            HasCompactionFilters = false,
            Unimplemented =
            [
                "AllocTimestamp", "GetPersistentSegmentInfo", "GetQuerySegmentInfo", "GetReplicas", "GetCompactionStateWithPlans",
                "GetMetrics", "GetComponentStates", "AlterCollection", "AlterIndex", "LoadPartitions", "ReleasePartitions",
                "GetIndexState", "GetIndexBuildProgress", "GetIndexStatistics",
                "FlushAll", "GetFlushAllState", "CreateCredential", "UpdateCredential", "DeleteCredential", "ListCredUsers", "SelectUser", "SelectRole",
            ],
        },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(rules => rules.Name)];

    private static GenerationRules WithFirstPolicy(GenerationRules rules) => rules with { ForceMergeTakesWhateverIsFree = true };

    private static GenerationRules WithKnapsack(GenerationRules rules) =>
        rules with { Planning = PlanMaking.Knapsack, SizeTolerance = 1.05, DropToleranceSeconds = 3600, RefusesExternal = true };

    public static GenerationRules Of(string name) =>
        All.FirstOrDefault(rules => rules.Name == name)
        ?? throw new ArgumentException($"'{name}' is no generation of the simulator; there are {string.Join(", ", Names)}");
}
