using Microsoft.Data.Sqlite;
using Milvus.Optimize.Contracts.Serialization;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>Journals of released versions must be read for ever: each is a file, with the states that it folds to beside it.</summary>
public sealed class GoldenJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Versions { get; } = [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Journals"), "*.db").Select(f => Path.GetFileNameWithoutExtension(f))];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Versions))]
    public async Task Every_row_is_an_event_and_every_history_folds_to_its_state(string version)
    {
        File.Copy(Beside(version, ".db"), _folder.Journal);
        Assert.Equal(await File.ReadAllTextAsync(Beside(version, ".json")), await FoldAll(_folder.Journal));
    }

    /// <summary>A field that is read from the wrong number is lost on the way back; one that was added since is not there to be written.</summary>
    [Theory, MemberData(nameof(Versions))]
    public async Task Every_row_is_written_again_in_the_same_bytes(string version)
    {
        File.Copy(Beside(version, ".db"), _folder.Journal);
        await using var node = await JournalNode.StartAsync(_folder.Journal);
        var serializer = Assert.IsType<OptimizeSerializer>(node.System.Serialization.FindSerializerForType(typeof(OptimizeEvent.Started)));
        foreach (var row in _folder.Query("select manifest, identifier, hex(message) from journal order by ordering").Select(r => r.Split('|')))
        {
            Assert.Equal(serializer.Identifier, int.Parse(row[1]));
            Assert.Equal(row[2], Convert.ToHexString(serializer.ToBinary(serializer.FromBinary(Convert.FromHexString(row[2]), row[0]))));
        }
    }

    [Theory, MemberData(nameof(Versions))]
    public void The_journal_holds_every_event_that_the_version_had(string version)
    {
        File.Copy(Beside(version, ".db"), _folder.Journal);
        Assert.Equal(version == "0.1.0" ? 31 : EveryEvent.Types.Length, int.Parse(_folder.Query("select count(distinct manifest) from journal").Single()));
    }

    [Fact]
    public void The_newest_journal_holds_every_event_of_today() =>
        Assert.Empty(EveryEvent.Types.Except(GoldenRuns.All.SelectMany(h => h).Select(e => e.GetType())));

    [GeneratorFact]
    public async Task Writes_the_journal_of_this_version()
    {
        await using (var node = await JournalNode.StartAsync(_folder.Journal))
        {
            foreach (var history in GoldenRuns.All)
            {
                var keeper = await node.RecoverAsync(history[0].Stamp.Run.Collection.PersistenceId);
                foreach (var e in history) Assert.IsType<Keeper.Kept>(await JournalNode.KeepAsync(keeper, e));
            }
        }

        // What the clock and chance put into a row is made the same each time; then everything goes into the one file.
        SqliteConnection.ClearAllPools();
        _folder.Query("update journal set created = 0, writer_uuid = 'golden'; pragma wal_checkpoint(truncate); pragma journal_mode = delete; vacuum");
        var target = Path.Combine(Repository.Root, "tests", "Milvus.Optimize.Storage.Tests", "Journals", GeneratorFactAttribute.Version!);
        File.Copy(_folder.Journal, target + ".db", overwrite: true);
        await File.WriteAllTextAsync(target + ".json", await FoldAll(_folder.Journal));
    }

    private static string Beside(string version, string ending) => Path.Combine(AppContext.BaseDirectory, "Journals", version + ending);

    private async Task<string> FoldAll(string journal)
    {
        await using var node = await JournalNode.StartAsync(journal);
        var states = new List<string>();
        foreach (var id in _folder.Query("select distinct persistence_id from journal order by 1"))
        {
            var history = await JournalNode.HistoryAsync(await node.RecoverAsync(id));
            Assert.All(history.Events, e => Assert.IsAssignableFrom<OptimizeEvent>(e));
            Assert.Equal(history.Events.Count, history.SequenceNr);
            states.Add($"\"{id}\": {Text.Of(GoldenRuns.Fold(history.Events.Cast<OptimizeEvent>()))}");
        }

        return "{\n" + string.Join(",\n", states) + "\n}\n";
    }
}
