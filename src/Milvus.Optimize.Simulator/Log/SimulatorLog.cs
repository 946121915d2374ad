using System.Text.Json;
using System.Text.Json.Serialization;

namespace Milvus.Optimize.Simulator.Log;

/// <summary>Append-only, in memory and in a file. A line is handed to the operating system before the caller is answered, so a kill of the simulator loses none.</summary>
internal sealed class SimulatorLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly Lock _gate = new();
    private readonly List<LogEntry> _entries = [];
    private readonly StreamWriter? _file;

    public SimulatorLog(string? path)
    {
        if (path is null) return;
        _file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_gate) return [.. _entries];
        }
    }

    public void Append(LogEntry entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
            _file?.WriteLine(JsonSerializer.Serialize(entry, Json));
        }
    }

    public void Dispose() => _file?.Dispose();
}
