using Akka.Event;
using Milvus.Optimize.Core.Runs;
using R = Milvus.Optimize.Core.Runs.OptimizeRun;

namespace Milvus.Optimize.Actors.Collections;

/// <summary>What is measured and said of a collection: the scope of its log lines, and whether its run counts as one of this node's.</summary>
internal sealed partial class CollectionActor
{
    private readonly RunTelemetry _telemetry;
    private readonly ILoggingAdapter _collectionLog;
    private readonly long _startedAt;
    private ILoggingAdapter _log;
    private string? _loggedRun;
    private long _writeBegan;

    private string? CountedAs => _state.Run switch
    {
        R.Active when _quarantine is not null => "quarantined",
        R.Active when _live.HeldReason is not null => "held",
        R.Active when OptimizeEffects.Pending(_state) is null => "parked",
        R.Active => "running",
        _ => null,
    };

    /// <summary>After every change, and after recovery.</summary>
    private void Tell()
    {
        _telemetry.Count(CountedAs);
        var run = (_state.Run as R.Active)?.Facts.Run.ToString();
        if (run is null || run == _loggedRun) return;
        // The last run's lines may come late: its scope stays until the next one begins.
        (_log, _loggedRun) = (_collectionLog.WithContext("RunId", run), run);
    }
}
