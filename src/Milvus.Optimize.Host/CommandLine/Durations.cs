using System.Globalization;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Durations as people write them: <c>30m</c>, <c>24h</c>, <c>1h30m</c>, <c>90s</c>, <c>7d</c>.</summary>
internal static partial class Durations
{
    private static readonly TimeSpan Max = TimeSpan.FromDays(365);

    /// <summary>Null where the text is none, or not between one millisecond and a year.</summary>
    public static TimeSpan? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || text.Length == 0) return null;
        var span = TimeSpan.Zero;
        foreach (Capture part in match.Groups["part"].Captures)
        {
            var unit = part.Value.TrimStart([.. "0123456789."]);
            var number = double.Parse(part.Value[..^unit.Length], CultureInfo.InvariantCulture);
            var one = unit switch
            {
                "ms" => TimeSpan.FromMilliseconds(1),
                "s" => TimeSpan.FromSeconds(1),
                "m" => TimeSpan.FromMinutes(1),
                "h" => TimeSpan.FromHours(1),
                _ => TimeSpan.FromDays(1),
            };
            // Compared before it is multiplied: nine digits of days are more than a TimeSpan holds.
            if (number > Max / one) return null;
            span += number * one;
            if (span > Max) return null;
        }

        return span >= TimeSpan.FromMilliseconds(1) ? span : null;
    }

    /// <summary>For eyes: two units at most.</summary>
    public static string Format(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0}ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0}s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}m {span.Seconds:00}s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours}h {span.Minutes:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.Days}d {span.Hours:00}h"),
    };

    [GeneratedRegex(@"^(?<part>[0-9]{1,9}(\.[0-9]{1,6})?(ms|s|m|h|d))+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
