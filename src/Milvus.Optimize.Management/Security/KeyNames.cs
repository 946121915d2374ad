using System.Globalization;
using System.Text;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Management.Security;

/// <summary>What a key may be called, wherever keys are kept and whoever makes them.</summary>
public static class KeyNames
{
    private const int MaxLength = 100;

    /// <summary>A name stands in lists, in the audit log and on terminals: nothing in it may move a cursor or end a line, and a database takes no NUL.</summary>
    /// <exception cref="ParamException">It is none.</exception>
    public static void Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Trim().Length is 0 || name.Length > MaxLength) throw new ParamException($"a key's name has 1 to {MaxLength} characters");
        if (name.Any(IsRefused) || HasHalf(name)) throw new ParamException("a key's name has no control characters: give one of letters, digits, signs and spaces");
    }

    // Line and paragraph separators end a line, and format characters turn the direction of text or cannot be seen.
    private static bool IsRefused(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Half of a surrogate pair is no character, and UTF-8 has none for it.
    private static bool HasHalf(string name) => name.EnumerateRunes().Any(r => r == Rune.ReplacementChar);
}
