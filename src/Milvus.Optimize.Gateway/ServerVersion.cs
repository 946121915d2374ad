using System.Globalization;
using System.Text.RegularExpressions;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Reads whatever a server calls its version. Builds name themselves freely (<c>2.6.11</c>, <c>v2.3.5-lite</c>, <c>3.0-20260902-ab12</c>,
/// <c>master-20260902-ab12</c>), so nothing is refused: a text without a number means <see cref="GenerationRange.Unknown"/>.
/// </summary>
internal static partial class ServerVersion
{
    public static GenerationRange Generations(string text)
    {
        if (text.Contains("milvus_lite", StringComparison.OrdinalIgnoreCase) || text.Contains("milvus-lite", StringComparison.OrdinalIgnoreCase))
            return GenerationRange.Exactly(Generation.Lite);
        var match = Number().Match(text);
        if (!match.Success) return GenerationRange.Unknown;
        int? patch = match.Groups["patch"].Success ? Part(match, "patch") : null;
        return Of(Part(match, "major"), Part(match, "minor"), patch);
    }

    private static GenerationRange Of(int major, int minor, int? patch) => (major, minor, patch) switch
    {
        (2, 3, _) => GenerationRange.Exactly(Generation.V23),
        ( < 2, _, _) or (2, < 6, _) or (2, 6, < 9) => GenerationRange.Exactly(Generation.G0),
        // A build of the 2.6 branch that hides its patch number may be any of them.
        (2, 6, null) => new(Generation.G0, Generation.G6),
        (2, 6, < 12) => new(Generation.G1, Generation.G2),
        (2, 6, < 15) => new(Generation.G2, Generation.G3),
        // Whether it lists plans by collection (G6) only its replies tell.
        _ => new(Generation.G3, Generation.G6),
    };

    private static int Part(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![0-9.])(?<major>[0-9]{1,4})\.(?<minor>[0-9]{1,4})(?:\.(?<patch>[0-9]{1,8}))?(?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
