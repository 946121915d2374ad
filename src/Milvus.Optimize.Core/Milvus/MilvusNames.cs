using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Milvus;

/// <summary>
/// Milvus's own rule for names, applied before any call: first an ASCII letter or an underscore, then ASCII letters, digits and underscores, at most
/// <see cref="MaxLength"/> of them. The texts are Milvus's, so that a caller reads the same sentence whoever refused.
/// </summary>
public static class MilvusNames
{
    /// <summary>255, the default of Milvus's <c>proxy.maxNameLength</c>.</summary>
    public const int MaxLength = 255;

    /// <summary>Returns <paramref name="name"/>; an alias is accepted wherever a collection name is.</summary>
    /// <exception cref="ParamException">Milvus would refuse the name.</exception>
    public static string Collection(string? name) => Check("collection name", name);

    /// <summary>Returns <paramref name="alias"/>.</summary>
    /// <exception cref="ParamException">Milvus would refuse the alias.</exception>
    public static string Alias(string? alias) => Check("collection alias", alias);

    /// <summary>Returns <paramref name="database"/>. An empty one is refused: a caller that means Milvus's default says <c>default</c>.</summary>
    /// <exception cref="ParamException">Milvus would refuse the name.</exception>
    public static string Database(string? database) => Check("database name", database);

    private static string Check(string kind, string? name)
    {
        if (string.IsNullOrEmpty(name)) throw new ParamException($"{kind} should not be empty");
        if (Fault(kind, name) is { } fault) throw new ParamException($"Invalid {kind}: {name}. {fault}");
        return name;
    }

    private static string? Fault(string kind, string name)
    {
        if (name.Length > MaxLength) return $"the length of a {kind} must be less than {MaxLength} characters";
        if (name[0] != '_' && !char.IsAsciiLetter(name[0])) return $"the first character of a {kind} must be an underscore or letter";
        return name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)) ? null : $"{kind} can only contain numbers, letters and underscores";
    }
}
