using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;

namespace Milvus.Optimize.Management.Security;

/// <summary>
/// Appends one JSON object a line (mode 0600). Calls without a valid key are written 60 times a minute at most, whatever they were answered; the rest is counted in the next line.
/// </summary>
public sealed class AuditFile(string path, TimeProvider time, ILogger<AuditFile> log) : IAuditLog
{
    private const int RefusalsPerMinute = 60;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };
    private readonly Lock _gate = new();
    private long _minute;
    private int _refusals;
    private int _unwritten;

    /// <inheritdoc/>
    public void Write(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate)
        {
            if (entry.Caller == Gate.Nobody && IsFlood())
            {
                _unwritten++;
                return;
            }

            try
            {
                using var file = new FileStream(path, Append());
                file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry with { Unwritten = _unwritten }, Json), (byte)'\n']);
                _unwritten = 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What was done cannot be undone for it; the log is the next best place.
                log.LogError("the audit log cannot be written ({Error}): {Entry}", e.Message, entry);
            }
        }
    }

    private bool IsFlood()
    {
        var minute = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute != _minute) (_minute, _refusals) = (minute, 0);
        return ++_refusals > RefusalsPerMinute;
    }

    private static FileStreamOptions Append()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
