namespace Milvus.Optimize.Simulator;

/// <summary>Settings of one life of the simulator, as its flags give them: they count before those of the scenario and of the data file, which does not keep them.</summary>
public sealed record SettingsOverrides
{
    /// <summary>Every compaction call is refused, whatever <see cref="ServerSettings.EnableCompaction"/> says. Default false: it says.</summary>
    public bool CompactionDisabled { get; init; }

    /// <summary>In the place of <see cref="ServerSettings.SegmentLossSeconds"/>; 0 or more, null leaves that.</summary>
    public double? SegmentLossSeconds { get; init; }

    internal ServerSettings Over(ServerSettings settings) => !CompactionDisabled && SegmentLossSeconds is null
        ? settings
        : settings with { EnableCompaction = settings.EnableCompaction && !CompactionDisabled, SegmentLossSeconds = SegmentLossSeconds ?? settings.SegmentLossSeconds };

    /// <summary>New settings from somebody who saw <see cref="Over"/>: what is another value there was meant, what is the same says nothing about what is kept.</summary>
    internal (ServerSettings Kept, SettingsOverrides Overrides) Configured(ServerSettings kept, ServerSettings wanted)
    {
        var seen = Over(kept);
        var (meansCompaction, meansLoss) = (wanted.EnableCompaction != seen.EnableCompaction, !wanted.SegmentLossSeconds.Equals(seen.SegmentLossSeconds));
        return (
            wanted with
            {
                EnableCompaction = meansCompaction ? wanted.EnableCompaction : kept.EnableCompaction,
                SegmentLossSeconds = meansLoss ? wanted.SegmentLossSeconds : kept.SegmentLossSeconds,
            },
            new() { CompactionDisabled = CompactionDisabled && !meansCompaction, SegmentLossSeconds = meansLoss ? null : SegmentLossSeconds });
    }

    /// <exception cref="ArgumentException">The duration is below 0 or no number.</exception>
    internal SettingsOverrides Checked()
    {
        if (SegmentLossSeconds is { } loss) ServerSettings.CheckSeconds("segmentLossSeconds", loss);
        return this;
    }
}
