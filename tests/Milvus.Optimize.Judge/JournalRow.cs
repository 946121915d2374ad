namespace Milvus.Optimize.Judge;

/// <summary>One event as the journal holds it. Field numbers are those of protos/optimize/v1/events.proto, manifests those of docs/events.md.</summary>
/// <param name="Collection">"{cluster}.{collection id}", from the persistence id.</param>
public sealed record JournalRow(string Collection, long SequenceNr, string Manifest, WireMessage Body)
{
    public const string IdPrefix = "optimize-";

    public string Run => Stamp.Text(1);

    public long Epoch => Stamp.Number(2);

    public long Round => Stamp.Number(3);

    public long Attempt => Stamp.Number(4);

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(Stamp.Message(5).Number(1)).AddTicks(Stamp.Message(5).Number(2) / 100);

    /// <summary>The number by which Milvus knows the collection.</summary>
    public string CollectionId => Collection[(Collection.LastIndexOf('.') + 1)..];

    public override string ToString() => $"{Collection} #{SequenceNr} {Manifest}";

    private WireMessage Stamp => Body.Message(1);
}
