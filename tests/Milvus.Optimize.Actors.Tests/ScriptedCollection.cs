using System.Collections.Immutable;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Actors.Tests;

/// <summary>A collection of the <see cref="ScriptedGateway"/>: values only, changed under the gateway's lock.</summary>
internal sealed class ScriptedCollection(CollectionName name, ImmutableArray<SegmentObservation> segments, bool loaded)
{
    public CollectionName Name { get; } = name;

    public List<string> Aliases { get; } = [];

    public ImmutableArray<SegmentObservation> Segments { get; set; } = segments;

    public bool Loaded { get; } = loaded;

    /// <summary>What the query nodes hold: it follows the segments at a refresh.</summary>
    public ImmutableArray<SegmentObservation> Served { get; set; } = segments;

    /// <summary>Rows of merged segments that have no index yet.</summary>
    public long PendingRows { get; set; }

    /// <summary>When the last merge ended: an older timestamp does not see that its segments lack an index.</summary>
    public ulong MergedAt { get; set; }

    public ScriptedMerge? Merge { get; set; }
}

/// <summary>The one merge that a collection may have had.</summary>
/// <param name="Looks">How often its state is asked for before it is over.</param>
internal sealed record ScriptedMerge(long Id, ImmutableArray<SegmentObservation> Sources, int Looks, long? Target = null);
