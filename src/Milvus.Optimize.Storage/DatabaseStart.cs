using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Storage;

/// <summary>
/// Makes or checks the tables before the actor system starts. A database that is down stops nobody: it is tried again until it is there, and the runs wait.
/// One that must not be used stops the host, at once or when it comes up.
/// </summary>
internal sealed partial class DatabaseStart(OptimizeDatabase database, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DatabaseStart> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan FirstTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private bool _ready;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(FirstTry, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _ready = await TryAsync(both.Token);
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var again = new PeriodicTimer(Pause, time);
        while (!_ready && await again.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                _ready = await TryAsync(stoppingToken);
            }
            catch (InvalidOperationException e)
            {
                MustNotBeUsed(log, e.Message);
                lifetime.StopApplication();
                return;
            }
        }
    }

    /// <exception cref="InvalidOperationException">The database is there and must not be used.</exception>
    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            return true;
        }
        catch (Exception e) when (e is DbException or OperationCanceledException or TimeoutException)
        {
            NotThereYet(log, e.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "the database cannot be used yet, and is tried again: {Reason}")]
    private static partial void NotThereYet(ILogger log, string reason);

    [LoggerMessage(LogLevel.Critical, "the database must not be used, and this node stops: {Reason}")]
    private static partial void MustNotBeUsed(ILogger log, string reason);
}
