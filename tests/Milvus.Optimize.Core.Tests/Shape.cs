using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Tests;

/// <summary>Values as text, since immutable arrays are equal only by reference.</summary>
internal static class Shape
{
    private static readonly JsonSerializerOptions Everything = Options(dropTexts: false);
    private static readonly JsonSerializerOptions NoTexts = Options(dropTexts: true);

    /// <summary>Everything.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Everything);

    /// <summary>Without the sentences for people: code switches on enums, so most tests do too.</summary>
    public static string WithoutTexts(IEnumerable<OptimizeEvent> events) => JsonSerializer.Serialize(events.ToImmutableArray(), NoTexts);

    private static JsonSerializerOptions Options(bool dropTexts) => new()
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Polymorphic, type => { if (dropTexts) DropTexts(type); } } },
    };

    private static void Polymorphic(JsonTypeInfo type)
    {
        if (!type.Type.IsAbstract || type.Type.Namespace?.StartsWith("Milvus.", StringComparison.Ordinal) != true) return;
        type.PolymorphismOptions = new();
        foreach (var derived in type.Type.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsAssignableTo(type.Type)))
            type.PolymorphismOptions.DerivedTypes.Add(new(derived, derived.Name));
    }

    private static void DropTexts(JsonTypeInfo type)
    {
        foreach (var text in type.Properties.Where(p => p.PropertyType == typeof(string) && (p.Name is "Message" or "Reason" or "Evidence")).ToList())
            type.Properties.Remove(text);
    }
}
