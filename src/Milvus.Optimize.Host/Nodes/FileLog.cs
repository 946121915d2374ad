using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Appends warnings and worse, and what our own parts say, to <c>node.log</c>: Akka's and Kestrel's lines have no place between a command's own.</summary>
internal sealed class FileLog(string path, TimeProvider time) : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _gate = new();
    private readonly FileStream? _file = Open(path);
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _file?.Dispose();

    private static FileStream? Open(string path)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,

                // What a full disk refuses must not wait in a buffer, to be refused again when the node ends.
                BufferSize = 0,
            };
            return new(path, options);
        }
        catch (IOException)
        {
            // A run matters more than its log.
            return null;
        }
    }

    private void Write(LogLevel level, string category, string text, Exception? exception)
    {
        var at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            try
            {
                _file?.Write(Encoding.UTF8.GetBytes($"{at} {level} {category}: {text}{(exception is null ? "" : $"\n{exception}")}\n"));
            }
            catch (IOException)
            {
                // The disk is full, and the journal will say so with more weight.
            }
        }
    }

    private sealed class Category(FileLog log, string name) : ILogger
    {
        private readonly LogLevel _least = name.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning : LogLevel.Information;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Write(logLevel, name, LogContext.With(formatter(state, exception), state, log._scopes), exception);
        }
    }
}
