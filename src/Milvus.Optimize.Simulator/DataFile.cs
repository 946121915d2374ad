using System.Text.Json;
using System.Text.Json.Serialization;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator;

/// <summary>Keeps the world over a kill of the simulator: one JSON file, replaced as a whole, so a reader finds the old or the new one.</summary>
internal sealed class DataFile(string path)
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public WorldState? Load()
    {
        if (!File.Exists(path)) return null;
        var state = JsonSerializer.Deserialize<WorldState>(File.ReadAllBytes(path), Json)
            ?? throw new InvalidDataException($"{path} holds no world of the simulator");
        if (state.Format != Format) throw new InvalidDataException($"{path} has format {state.Format}; this simulator reads {Format}");
        return state;
    }

    public void Save(WorldState state)
    {
        var temporary = path + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(state, Json));
        File.Move(temporary, path, overwrite: true);
    }
}
