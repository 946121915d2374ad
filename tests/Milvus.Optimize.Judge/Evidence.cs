using System.Collections.Immutable;

namespace Milvus.Optimize.Judge;

/// <summary>All that the judge looks at.</summary>
public sealed record Evidence(ImmutableArray<JournalRow> Journal, ImmutableArray<SimulatorLine> Simulator, ImmutableArray<ClientLine> Clients)
{
    /// <summary>Faults are over and time was given: a run that is neither ended nor parked is lost.</summary>
    public bool MustBeOver { get; init; } = true;

    /// <summary>Each collection's rows in the order of the journal.</summary>
    public IEnumerable<IGrouping<string, JournalRow>> Histories => Journal.OrderBy(r => r.SequenceNr).GroupBy(r => r.Collection);
}

/// <summary>A promise that was broken, and where.</summary>
/// <param name="Invariant">I1 to I5, as docs/judge.md lists them.</param>
public sealed record Violation(string Invariant, string What)
{
    public override string ToString() => $"{Invariant}: {What}";
}
