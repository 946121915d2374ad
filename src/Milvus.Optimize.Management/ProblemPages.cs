using System.Collections.Frozen;
using System.Reflection;

namespace Milvus.Optimize.Management;

/// <summary>The pages of the problems, as docs/problems has them, and what each says to do.</summary>
internal static class ProblemPages
{
    private const string Prefix = "problems/";
    private const string Advice = "**What to do.** ";

    private static readonly FrozenDictionary<string, string> All = Read();

    /// <summary>Null where no problem has this code.</summary>
    public static string? Of(string code) => All.GetValueOrDefault(code);

    /// <summary>What to do, in one line; null where the page does not say.</summary>
    public static string? Help(string code)
    {
        if (Of(code) is not { } page || page.IndexOf(Advice, StringComparison.Ordinal) is not (>= 0 and var at)) return null;
        var begin = at + Advice.Length;
        var end = page.IndexOf("\n\n", begin, StringComparison.Ordinal);
        return page[begin..(end < 0 ? page.Length : end)].Trim().Replace('\n', ' ');
    }

    private static FrozenDictionary<string, string> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(n => n[Prefix.Length..^".md".Length], name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd().ReplaceLineEndings("\n");
        });
    }
}
