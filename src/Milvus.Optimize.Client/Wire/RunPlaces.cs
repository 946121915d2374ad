using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;

namespace Milvus.Optimize.Client.Wire;

/// <summary>Places in the list of runs, as the texts that <c>pageToken</c> takes.</summary>
public static class RunPlaces
{
    private const int MaxLength = 1000;

    /// <summary>The text of a place.</summary>
    public static string Token(RunPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{place.StartedAt.UtcTicks}|{place.RunId}")));
    }

    /// <summary>Null where the text is of no place.</summary>
    public static RunPlace? TryParse(string token)
    {
        if (token is not { Length: <= MaxLength } || !Base64Url.IsValid(token)) return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('|');
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.Ticks && RunId.LooksLike(parts[1])
            ? new(new(ticks, TimeSpan.Zero), parts[1])
            : null;
    }
}
