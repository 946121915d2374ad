using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>One of every event with no member at its default, made by reflection: a member that is added tomorrow is covered tomorrow.</summary>
internal static class EveryEvent
{
    private static readonly DateTimeOffset T0 = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567);

    public static ImmutableArray<Type> Types { get; } =
        [.. typeof(OptimizeEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(OptimizeEvent)) && !t.IsAbstract).OrderBy(t => t.Name, StringComparer.Ordinal)];

    public static IEnumerable<object[]> TypeNames => Types.Select(t => new object[] { t.Name });

    public static OptimizeEvent Sample(string typeName) => Sample(Types.Single(t => t.Name == typeName));

    public static OptimizeEvent Sample(Type type)
    {
        var count = 0;
        return (OptimizeEvent)Fill(type, ref count);
    }

    private static object Fill(Type type, ref int count)
    {
        if (type == typeof(RunId)) return RunId.Parse("golden.101.01KE3AZZZZZZZZZZZZZZZZZZZZ");
        count++;
        if (type == typeof(string)) return string.Create(CultureInfo.InvariantCulture, $"text-{count}");
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return T0.AddSeconds(count);
        if (type == typeof(TimeSpan)) return TimeSpan.FromMilliseconds(count);
        if (type.IsPrimitive) return Convert.ChangeType(count, type, CultureInfo.InvariantCulture);
        if (type.IsEnum) return NotTheFirst(type, count);
        if (Nullable.GetUnderlyingType(type) is { } inner) return Fill(inner, ref count);
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? Two(type.GetGenericArguments()[0], ref count) : New(type, ref count);
    }

    private static object NotTheFirst(Type type, int count)
    {
        var values = Enum.GetValues(type);
        return values.GetValue(1 + (count % (values.Length - 1)))!;
    }

    private static object Two(Type item, ref int count)
    {
        var array = Array.CreateInstance(item, 2);
        for (var i = 0; i < 2; i++) array.SetValue(Fill(item, ref count), i);
        return typeof(ImmutableArray).GetMethods().Single(m => m.Name == nameof(ImmutableArray.Create) && m.GetParameters() is [{ ParameterType.IsArray: true }] && IsParams(m))
            .MakeGenericMethod(item).Invoke(null, [array])!;
    }

    private static bool IsParams(MethodInfo method) => method.GetParameters()[0].IsDefined(typeof(ParamArrayAttribute));

    private static object New(Type type, ref int count)
    {
        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        var arguments = new List<object>();
        foreach (var parameter in constructor.GetParameters()) arguments.Add(Fill(parameter.ParameterType, ref count));
        return constructor.Invoke([.. arguments]);
    }
}
