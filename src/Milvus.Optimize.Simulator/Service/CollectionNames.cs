using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Milvus's rules for names, in the order in which 2.3.5 checks them.</summary>
internal static class CollectionNames
{
    private const int MaxLength = 255;

    public static void Check(string name)
    {
        if (name.Length == 0) throw Refusals.Invalid("collection name should not be empty");
        if (name.Length > MaxLength)
            throw Refusals.Invalid($"Invalid collection name: {name}. the length of a collection name must be less than {MaxLength} characters");
        if (name[0] != '_' && !char.IsAsciiLetter(name[0]))
            throw Refusals.Invalid($"Invalid collection name: {name}. the first character of a collection name must be an underscore or letter");
        if (!name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)))
            throw Refusals.Invalid($"Invalid collection name: {name}. collection name can only contain numbers, letters and underscores");
    }
}
