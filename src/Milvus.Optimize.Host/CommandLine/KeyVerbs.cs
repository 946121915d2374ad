using System.CommandLine;
using System.Globalization;
using System.Text;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>
/// <c>keys create</c>, <c>list</c> and <c>revoke</c>: they write the state folder's file, or with <c>--config</c> the database that the nodes share. A node
/// that runs sees it with its next call.
/// </summary>
internal static class KeyVerbs
{
    public static Command Create(CommandEnvironment environment) => new("keys", "API keys of a node that listens: who may call it, and what they may do.")
    {
        New(environment), List(environment), Revoke(environment),
    };

    private static Command New(CommandEnvironment environment)
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is; two valid keys may have one name, so that one can replace the other." };
        var role = new Option<Role>("--role") { Description = "viewer reads, operator starts and cancels too, admin does everything. Default viewer.", HelpName = "viewer|operator|admin", CustomParser = r => ReadRole(r) };
        var scope = new Option<CollectionScope>("--scope")
        {
            Description = "Collections that it is for, as patterns: cluster/database/collection, such as prod-*/default/*. Default all.",
            HelpName = "PATTERN",
            DefaultValueFactory = _ => CollectionScope.All,
            CustomParser = r => SharedOptions.Read(r, CollectionScope.Parse)!,
        };
        var expires = SharedOptions.Duration("--expires", "How long it is valid, such as 90d. Default: until it is revoked.", null);
        var (output, place) = (SharedOptions.Output(), new KeyPlace());
        var command = place.AddTo(new("create", "Make a key. Its text is shown once: what is kept is a hash.") { name, role, scope, expires, output });
        command.SetAction(async (parsed, _) =>
        {
            await using var keys = place.Of(parsed, environment);
            var (key, text) = await keys.Keys.CreateAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(role), parsed.GetRequiredValue(scope), parsed.GetResult(expires) is null ? null : parsed.GetValue(expires),
                environment.Interruption.Either);
            var secret = text.Reveal();
            environment.Terminal.Report(parsed.GetValue(output) == "json", new { key.Id, key.Name, role = Word(key.Role), key.Scope, key.ExpiresAt, key = secret }, $"{secret}{Environment.NewLine}");
            if (parsed.GetValue(output) != "json") environment.Terminal.Note($"key {key.Id} for {key.Name}, {Word(key.Role)} on {key.Scope}: keep it, it is not shown again");
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
            var all = await keys.Keys.ListAsync(environment.Interruption.Either);
            var now = environment.Time.GetUtcNow();
            environment.Terminal.ShowAll(
                parsed.GetValue(output)!,
                [.. all.Select(k => new { k.Id, k.Name, role = Word(k.Role), k.Scope, valid = k.IsValidAt(now), k.CreatedAt, k.ExpiresAt, k.RevokedAt })], _ => Table(all, now));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke(CommandEnvironment environment)
    {
        var id = new Argument<string>("ID") { Description = "As keys list shows it." };
        var place = new KeyPlace();
        var command = place.AddTo(new("revoke", "End a key at once.") { id });
        command.SetAction(async (parsed, _) =>
        {
            await using var keys = place.Of(parsed, environment);
            var key = await keys.Keys.RevokeAsync(parsed.GetRequiredValue(id), environment.Interruption.Either);
            environment.Terminal.Note($"key {key.Id} of {key.Name} is revoked");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Table(IReadOnlyCollection<ApiKey> keys, DateTimeOffset now)
    {
        if (keys.Count == 0) return $"no keys{Environment.NewLine}";
        var text = new StringBuilder().AppendLine($"{"ID",-12}{"NAME",-24}{"ROLE",-10}{"STATE",-9}{"EXPIRES (UTC)",-18}SCOPE");
        foreach (var k in keys)
        {
            var state = k.RevokedAt is not null ? "revoked" : k.IsValidAt(now) ? "valid" : "expired";
            text.AppendLine($"{k.Id,-12}{k.Name,-24}{Word(k.Role),-10}{state,-9}{k.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never",-18}{k.Scope}");
        }

        return text.ToString();
    }

    private static Role ReadRole(System.CommandLine.Parsing.ArgumentResult result) => SharedOptions.Read(result, text => text switch
    {
        "viewer" => Role.Viewer,
        "operator" => Role.Operator,
        "admin" => Role.Admin,
        _ => throw new ParamException($"'{text}' is no role: give viewer, operator or admin"),
    });

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
