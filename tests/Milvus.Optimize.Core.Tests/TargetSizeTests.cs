using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Tests;

/// <summary>What pymilvus 3.0.2's parser said, line by line.</summary>
public sealed class TargetSizeTests
{
    public static TheoryData<string> Lines => new(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "target-size.jsonl")));

    [Theory, MemberData(nameof(Lines))]
    public void Reads_what_pymilvus_reads(string line)
    {
        using var document = JsonDocument.Parse(line);
        var recorded = document.RootElement;
        var input = recorded.GetProperty("input");
        if (input.ValueKind == JsonValueKind.Object && (input.GetProperty("number").GetString() is "True" or "False"))
        {
            // Python's booleans are numbers. In C# nobody can hand one over, so there is nothing to refuse.
            Assert.DoesNotContain(typeof(TargetSize).GetMethods(), m => (m.Name is "FromBytes" or "Parse") && m.GetParameters()[0].ParameterType == typeof(bool));
            return;
        }

        TargetSize Read() => input.ValueKind == JsonValueKind.String ? TargetSize.Parse(input.GetString()) : FromNumber(input.GetProperty("number").GetString()!);
        if (recorded.TryGetProperty("mb", out var mb))
            Assert.Equal(mb.GetString(), Read().Megabytes.ToString(CultureInfo.InvariantCulture));
        else
            Assert.Equal(recorded.GetProperty("message").GetString(), Assert.Throws<ParamException>(() => Read()).Message);
    }

    [Fact]
    public void Every_recorded_line_is_read() => Assert.Equal(64, Lines.Count);

    [Fact]
    public void No_size_is_the_largest_number_the_wire_can_carry()
    {
        Assert.Equal(TargetSize.Automatic, TargetSize.Parse(null));
        Assert.Equal(9223372036854775807, TargetSize.Automatic.Megabytes);
        Assert.True(TargetSize.Automatic.IsAutomatic);
    }

    [Theory]
    [InlineData("1.5gb", "1536MB")]
    [InlineData(null, "auto")]
    public void Is_shown_in_megabytes(string? text, string shown) => Assert.Equal(shown, TargetSize.Parse(text).ToString());

    private static TargetSize FromNumber(string number) => number switch
    {
        "inf" => TargetSize.FromBytes(double.PositiveInfinity),
        "nan" => TargetSize.FromBytes(double.NaN),
        _ when number.Contains('.', StringComparison.Ordinal) => TargetSize.FromBytes(double.Parse(number, CultureInfo.InvariantCulture)),
        _ => TargetSize.FromBytes(BigInteger.Parse(number, CultureInfo.InvariantCulture)),
    };
}
