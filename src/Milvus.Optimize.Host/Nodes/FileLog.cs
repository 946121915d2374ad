using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Appends warnings and worse, and what our own parts say, to <c>node.log</c>: Akka's and Kestrel's lines have no place between a command's own.</summary>
internal sealed class FileLog(string path, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();
    private readonly StreamWriter? _writer = Open(path);

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose() => _writer?.Dispose();

    private static StreamWriter? Open(string path)
    {
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            return new(new FileStream(path, options)) { AutoFlush = true };
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
                _writer?.WriteLine($"{at} {level} {category}: {text}{(exception is null ? "" : $"{Environment.NewLine}{exception}")}");
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

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Write(logLevel, name, formatter(state, exception), exception);
        }
    }
}
