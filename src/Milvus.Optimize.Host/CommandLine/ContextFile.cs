using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Servers under names of the user's own. The file holds API keys: mode 0600, and one that others may read is refused.</summary>
internal sealed class ContextFile(string? path)
{
    /// <summary>Path of the file. Default <c>$XDG_CONFIG_HOME/milvus-optimize/contexts.json</c>, else <c>~/.config/milvus-optimize/contexts.json</c>.</summary>
    public const string FileVariable = "MILVUS_OPTIMIZE_CONTEXTS";
    public const string ContextVariable = "MILVUS_OPTIMIZE_CONTEXT";

    /// <summary>The name of no server: the default state folder of this machine.</summary>
    public const string Local = "local";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public static ContextFile Of(Func<string, string?> variable)
    {
        if (variable(FileVariable) is { Length: > 0 } file) return new(Path.GetFullPath(file));
        var folder = variable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config") : null;
        return new(folder is null ? null : Path.Combine(folder, "milvus-optimize", "contexts.json"));
    }

    /// <summary>The server that a name means; null for this machine's own node.</summary>
    /// <param name="name">Null takes the one in use.</param>
    /// <exception cref="ParamException">There is no such context.</exception>
    public ServerContext? Choose(string? name)
    {
        if (name == Local) return null;
        var book = Read();
        return (name ?? book.InUse) is { } wanted ? Find(book, wanted) : null;
    }

    /// <exception cref="ParamException">Others may read it.</exception>
    /// <exception cref="InvalidDataException">Somebody else wrote into it.</exception>
    public ContextBook Read()
    {
        if (!File.Exists(path)) return new(null, []);
        if (OwnerFile.IsOpenToOthers(path)) throw new ParamException($"{path} holds API keys and others may read it: chmod 600 {path}");
        try
        {
            return JsonSerializer.Deserialize<ContextBook>(File.ReadAllText(path), RunDocuments.Json) is { Contexts.IsDefault: false } book
                ? book
                : throw new JsonException("it has no contexts");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} holds no contexts: correct or remove it ({e.Message})", e);
        }
    }

    /// <summary>Adds it, or replaces the one of that name.</summary>
    public void Add(ServerContext context)
    {
        var book = Read();
        Write(book with { Contexts = [.. book.Contexts.Where(c => c.Name != context.Name), context] });
    }

    /// <param name="name"><see cref="Local"/> or one that was added.</param>
    public void Use(string name)
    {
        var book = Read();
        Write(book with { InUse = name == Local ? null : Find(book, name).Name });
    }

    public void Remove(string name)
    {
        var book = Read();
        var gone = Find(book, name);
        Write(new(book.InUse == name ? null : book.InUse, [.. book.Contexts.Where(c => c != gone)]));
    }

    private static ServerContext Find(ContextBook book, string name) => book.Contexts.FirstOrDefault(c => c.Name == name) ?? throw new ParamException(
        $"there is no context '{name}'; there is {string.Join(", ", book.Contexts.Select(c => c.Name).Append(Local))}: milvus-optimize context add {name} --server URL makes it");

    private void Write(ContextBook book)
    {
        var file = path ?? throw new ParamException($"there is no home folder to keep contexts in: set {FileVariable}");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, OwnerOnly);
        OwnerFile.Write(file, stream => JsonSerializer.Serialize(stream, book, RunDocuments.IndentedJson));
    }
}

/// <summary>The whole file.</summary>
/// <param name="InUse">What verbs take that name nothing else; null is this machine's own node.</param>
internal sealed record ContextBook(string? InUse, ImmutableArray<ServerContext> Contexts);

/// <summary>A server under a name.</summary>
/// <param name="Key">An API key; null for a server that asks for none, or where the environment has it.</param>
/// <param name="Cluster">The cluster there that <c>optimize</c> takes; null where it must be said.</param>
internal sealed record ServerContext(string Name, string Server, string? Key, string? Cluster)
{
    // A record prints every property; the key is a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append($"Name = {Name}, Server = {Server}, Cluster = {Cluster}");
        return true;
    }
}
