using System.Buffers.Text;
using System.Text;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>Where the next page begins, as an opaque text. A token says a place, not a page: what is new since comes before it, and nothing is shown twice.</summary>
internal static class PageTokens
{
    private const int MaxLength = 1000;

    public static string Of(RunDocument last) => RunPlaces.Token(new(last.StartedAt, last.Id));

    public static string OfCollection(string database, string name) => Encode($"{database}/{name}");

    public static RunPlace? Run(string? token) => token is null ? null : RunPlaces.TryParse(token) ?? throw Bad();

    public static (string Database, string Name)? Collection(string? token)
    {
        if (token is null) return null;
        var parts = Decode(token).Split('/');
        return parts.Length == 2 ? (parts[0], parts[1]) : throw Bad();
    }

    public static string OfKey(string id) => Encode($"key {id}");

    public static string? Key(string? token)
    {
        if (token is null) return null;
        return Decode(token).Split(' ') is ["key", var id] && ApiKeyText.IsId(id) ? id : throw Bad();
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static string Decode(string token)
    {
        try
        {
            return token.Length <= MaxLength ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) : throw Bad();
        }
        catch (FormatException)
        {
            throw Bad();
        }
    }

    private static RequestException Bad() => RequestException.At("pageToken", "pageToken is none that this endpoint gave: leave it out for the first page");
}
