using System.CommandLine;
using Milvus.Optimize.Client;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary><c>doctor</c>: what stands in the way of a run. The exit code is that of the first check that failed.</summary>
internal static class DoctorVerb
{
    private const long LittleRoom = 200_000_000;

    public static Command Create(CommandEnvironment environment)
    {
        var (database, milvus, output, place) = (MilvusOptions.Database(), new MilvusOptions(), SharedOptions.Format(), new PlaceOptions());
        var command = new Command("doctor", "Check connectivity, version, generation, privileges and clock, of a Milvus or of a server and its clusters. Changes nothing.") { database, output };
        milvus.AddTo(command);
        place.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var (where, given, stop) = (place.Of(parsed, environment.Variable), milvus.Given(parsed), environment.Interruption.Either);
            if (where.Server is not null && MilvusOptions.IsAny(given)) throw new ParamException("--milvus and its credentials go with no server: ask about one of them at a time");
            var checks = where.Server is { } server
                ? await OfServerAsync(server, where.Key, environment.Time, stop)
                : [.. await OfFolderAsync(where.State, stop), .. await OfMilvusAsync(environment, given, parsed.GetRequiredValue(database), stop)];
            environment.Terminal.ShowAll(parsed.GetValue(output)!, checks, _ => Columns.Of([["CHECK", "STATUS", "DETAIL"], .. checks.Select(c => (string[])[c.Name, c.Status, c.Detail])]));
            var failed = checks.Where(c => c.Status == "fail").ToArray();
            if (failed.Length > 0) environment.Terminal.Note($"{failed.Length} of {checks.Count} checks failed: {string.Join(", ", failed.Select(c => c.Name))}");
            return failed.FirstOrDefault()?.ExitCode ?? ExitCode.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<DoctorCheck>> OfServerAsync(Uri server, string? key, TimeProvider time, CancellationToken stop)
    {
        using var http = NodeHttp.OverTcp(server, key);
        return await new ServerDoctor(http, time).ExamineAsync(stop);
    }

    private static async Task<IReadOnlyList<DoctorCheck>> OfMilvusAsync(CommandEnvironment environment, RunTarget given, string database, CancellationToken stop)
    {
        var target = Targeting.Of(given, environment.Variable, environment.Terminal.CanAsk ? environment.Terminal.AskPassword : null);
        if (target.Simulator) return [DoctorCheck.Ok("milvus", "no --milvus and no MILVUS_URI: the built-in simulator, which needs nothing")];
        await using var gateway = new MilvusGateway(Targeting.Connection(target), environment.Time);
        return await new MilvusDoctor(gateway, target.Address!, environment.Time).ExamineAsync(database, stop);
    }

    private static async Task<IReadOnlyList<DoctorCheck>> OfFolderAsync(string? state, CancellationToken stop)
    {
        StateFolder folder;
        try
        {
            folder = StateFolder.Open(state);
        }
        catch (ParamException e)
        {
            return [DoctorCheck.Fail("state folder", e.Message, ExitCode.OwnTrouble)];
        }

        var free = new DriveInfo(folder.Path).AvailableFreeSpace;
        var room = $"{folder.Path}, {free / 1_000_000:N0} MB free";
        return
        [
            free < LittleRoom ? DoctorCheck.Warn("state folder", $"{room}: a journal on a full disk stops its runs") : DoctorCheck.Ok("state folder", room),
            await NodeAsync(folder, stop),
        ];
    }

    private static async Task<DoctorCheck> NodeAsync(StateFolder folder, CancellationToken stop)
    {
        if (NodeLock.ReadHolder(folder) is not { } holder || !File.Exists(holder.Socket)) return DoctorCheck.Ok("node", "none runs: a command starts one where it needs it");
        using var node = await RemoteNode.TryConnectAsync(holder.Socket, stop);
        if (node is not null) return DoctorCheck.Ok("node", $"process {holder.Pid} answers");
        using var free = NodeLock.TryTake(folder);
        return free is not null
            ? DoctorCheck.Ok("node", "none runs; the last one left its socket behind")
            : DoctorCheck.Fail("node", $"process {holder.Pid} holds the folder and does not answer: see {folder.Log}, or end it", ExitCode.OwnTrouble);
    }
}
