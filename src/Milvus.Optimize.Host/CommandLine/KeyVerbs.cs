using System.Collections.Immutable;
using System.CommandLine;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Output;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>
/// <c>keys create</c>, <c>list</c> and <c>revoke</c>: they write the state folder's file, with <c>--config</c> the database that the nodes share, or ask a
/// server. A node that runs sees it with its next call.
/// </summary>
internal static class KeyVerbs
{
    private static readonly string[] Heads = ["ID", "NAME", "ROLE", "STATE", "EXPIRES (UTC)", "SCOPE"];
    private static readonly string[] MoreHeads = ["CREATED (UTC)", "REVOKED (UTC)"];

    public static Command Create(CommandEnvironment environment) => new("keys", "API keys of a node that listens: who may call it, and what they may do.")
    {
        New(environment), List(environment), Revoke(environment),
    };

    private static Command New(CommandEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is; two valid keys may have one name, so that one can replace the other." };
        var role = new Option<Role>("--role") { Description = "viewer reads, operator starts and cancels too, admin does everything. Default viewer.", HelpName = "viewer|operator|admin", CustomParser = r => ReadRole(r) };
        var scope = new Option<CollectionScope?>("--scope")
        {
            Description = "Collections that it is for, as patterns: cluster/database/collection, such as prod-*/default/*. Default all; of a server, all that your own key is for.",
            HelpName = "PATTERN",
            CustomParser = r => SharedOptions.Read(r, CollectionScope.Parse),
        };
        var expires = SharedOptions.Duration("--expires", "How long it is valid, such as 90d. Default: until it is revoked.", null);
        var (output, place) = (SharedOptions.Format(), new KeyPlace());
        var command = place.AddTo(new("create", "Make a key. Its text is shown once: what is kept is a hash.") { name, role, scope, expires, output });
        command.SetAction(async (parsed, _) =>
        {
            await using var keys = place.Of(parsed, environment);
            var key = await keys.CreateAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(role), parsed.GetValue(scope), parsed.GetResult(expires) is null ? null : parsed.GetValue(expires),
                environment.Interruption.Either);
            environment.Terminal.Show(parsed.GetValue(output)!, key, _ => $"{key.Key}{Environment.NewLine}");
            if (parsed.GetValue(output) is "table" or "wide") environment.Terminal.Note($"key {key.Id} for {key.Name}, {key.Role} on {key.Scope}: keep it, it is not shown again");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List(CommandEnvironment environment)
    {
        var (output, place) = (SharedOptions.Format(), new KeyPlace());
        var command = place.AddTo(new("list", "List all keys that were ever made, without their secrets.") { output });
        command.SetAction(async (parsed, _) =>
        {
            await using var keys = place.Of(parsed, environment);
            var all = await keys.ListAsync(environment.Interruption.Either);
            environment.Terminal.ShowAll(parsed.GetValue(output)!, all, wide => Table(all, wide));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(CommandEnvironment environment)
    {
        var id = new Argument<string>("ID") { Description = "As keys list shows it." };
        var (output, place) = (SharedOptions.Format(), new KeyPlace());
        var command = place.AddTo(new("revoke", "End a key at once.") { id, output });
        command.SetAction(async (parsed, _) =>
        {
            await using var keys = place.Of(parsed, environment);
            var key = await keys.RevokeAsync(parsed.GetRequiredValue(id), environment.Interruption.Either);
            if (parsed.GetValue(output) is "json" or "jsonl") environment.Terminal.Show(parsed.GetValue(output)!, key, _ => "");
            else environment.Terminal.Note($"key {key.Id} of {key.Name} is revoked");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Table(ImmutableArray<KeyDocument> keys, bool wide) => keys.IsEmpty
        ? $"no keys{Environment.NewLine}"
        : Columns.Of([wide ? [.. Heads, .. MoreHeads] : Heads, .. keys.Select(k => wide ? [.. Row(k), .. More(k)] : Row(k))]);

    private static string[] Row(KeyDocument k) =>
        [k.Id, k.Name, k.Role, k.RevokedAt is not null ? "revoked" : k.Valid ? "valid" : "expired", k.ExpiresAt is { } at ? RunList.Time(at) : "never", k.Scope];

    private static string[] More(KeyDocument k) => [RunList.Time(k.CreatedAt), k.RevokedAt is { } at ? RunList.Time(at) : "-"];

    private static Role ReadRole(System.CommandLine.Parsing.ArgumentResult result) => SharedOptions.Read(result, text => text switch
    {
        "viewer" => Role.Viewer,
        "operator" => Role.Operator,
        "admin" => Role.Admin,
        _ => throw new ParamException($"'{text}' is no role: give viewer, operator or admin"),
    });
}
