using System.Data.Common;
using Microsoft.Extensions.Logging;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Storage;

/// <summary>Asks PostgreSQL, a second at most: whoever asks in between gets the last answer, so that an open route is no way to load the database.</summary>
internal sealed partial class DatabaseProbe(OptimizeDatabase database, TimeProvider time, ILogger<DatabaseProbe> log) : IJournalProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private string _logged = "";
    private (long At, Task<string?> Answer)? _last;

    /// <inheritdoc/>
    public Task<string?> WhyNotAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_last is not { } last || (last.Answer.IsCompleted && time.GetElapsedTime(last.At) > GoodFor)) _last = last = (time.GetTimestamp(), AskAsync());
            return last.Answer.WaitAsync(cancellationToken);
        }
    }

    private async Task<string?> AskAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await using var connection = await database.OpenAsync(limit.Token).WaitAsync(limit.Token);
            await using var command = connection.CreateCommand();

            // A look into the journal too: that waits where somebody has locked it.
            command.CommandText = """
                select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean or not has_table_privilege('optimize_journal', 'insert')
                  from (select count(*) from (select 1 from optimize_journal limit 1) j) looked
                """;
            return (bool)(await command.ExecuteScalarAsync(limit.Token).WaitAsync(limit.Token))! ? "the database takes no writes: it is a standby, read-only, or refuses this role the journal" : null;
        }
        catch (OperationCanceledException)
        {
            return $"the database has not answered for {Limit.TotalSeconds:F0} s";
        }
        catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
        {
            // Anybody may ask, and is told the kind of fault; the driver's text, which names host and user, once for the log.
            if (e.Message != _logged) CannotBeUsed(log, e.Message);
            _logged = e.Message;
            return $"the database cannot be used: {SafeReason.Of(e)}";
        }
    }

    [LoggerMessage(LogLevel.Warning, "the database cannot be used: {Reason}")]
    private static partial void CannotBeUsed(ILogger log, string reason);
}
