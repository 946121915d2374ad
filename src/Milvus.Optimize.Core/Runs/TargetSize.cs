using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Core.Runs;

/// <summary>
/// The size a merged segment should reach, in megabytes, read by pymilvus's grammar: a number with an optional unit (b, kb, mb, gb, tb, pb; 1024-based, any
/// case, decimals allowed); a bare number is bytes; rounded down to whole megabytes. None means <see cref="Automatic"/>.
/// </summary>
/// <param name="Megabytes">1 to 2^63-1.</param>
public readonly partial record struct TargetSize(long Megabytes)
{
    private const long BytesPerMegabyte = 1 << 20;
    private static readonly BigInteger MaxMegabytes = long.MaxValue;

    // Beyond 28 digits pymilvus's decimal division gives up with a text of its own.
    private static readonly BigInteger MaxQuotient = BigInteger.Pow(10, 28);
    private static readonly string[] Units = ["b", "kb", "mb", "gb", "tb", "pb"];

    /// <summary>2^63-1: the server takes the largest size its memory allows. The only value with one meaning on every server that force-merges.</summary>
    public static TargetSize Automatic { get; } = new(long.MaxValue);

    public bool IsAutomatic => Megabytes == long.MaxValue;

    /// <summary>Reads a size such as <c>1GB</c>; null is <see cref="Automatic"/>.</summary>
    /// <exception cref="ParamException">The text is no size, names no known unit, or is below 1 MB or above 2^63-1 MB.</exception>
    public static TargetSize Parse(string? text)
    {
        if (text is null) return Automatic;
        var match = Grammar().Match(text);
        if (!match.Success)
            throw new ParamException($"Invalid target_size format: '{text}'. Expected format: '1000', '1000MB', '1GB', '1.2gb', '1000B', '500KB', '2TB'");
        var unitText = match.Groups["unit"].Value.ToLowerInvariant();
        var unit = unitText.Length == 0 ? 0 : Array.IndexOf(Units, unitText);
        if (unit < 0) throw new ParamException($"Invalid unit: '{unitText}'. Supported units: B, KB, MB, GB, TB, PB");

        var fraction = Digits(match.Groups["fraction"].Value);
        var number = BigInteger.Parse(Digits(match.Groups["whole"].Value) + fraction, CultureInfo.InvariantCulture);
        return FromMegabytes(number * BigInteger.Pow(1024, unit) / (BytesPerMegabyte * BigInteger.Pow(10, fraction.Length)), text);
    }

    /// <summary>Reads a number of bytes.</summary>
    /// <exception cref="ParamException">Below 1 MB, or above 2^63-1 MB.</exception>
    public static TargetSize FromBytes(BigInteger bytes) =>
        FromMegabytes(bytes.Sign < 0 ? 0 : bytes / BytesPerMegabyte, bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads a number of bytes; fractions of a megabyte are dropped.</summary>
    /// <exception cref="ParamException">Not a finite number, below 1 MB, or above 2^63-1 MB.</exception>
    public static TargetSize FromBytes(double bytes)
    {
        if (!double.IsFinite(bytes))
            throw new ParamException($"Invalid target_size value: {(double.IsNaN(bytes) ? "nan" : bytes > 0 ? "inf" : "-inf")}");
        return FromBytes(new BigInteger(bytes));
    }

    /// <inheritdoc/>
    public override string ToString() => IsAutomatic ? "auto" : string.Create(CultureInfo.InvariantCulture, $"{Megabytes}MB");

    private static TargetSize FromMegabytes(BigInteger megabytes, string given)
    {
        if (megabytes >= MaxQuotient) throw new ParamException($"Invalid target_size value: {given}");
        if (megabytes < 1) throw new ParamException($"target size too small: {given}, must be at least 1MB");
        if (megabytes > MaxMegabytes) throw new ParamException($"target size too large: {given}, must be at most {long.MaxValue}MB");
        return new((long)megabytes);
    }

    // Python's \d takes any decimal digit of Unicode, and so do we.
    private static string Digits(string text) => string.Concat(text.Select(c => (char)('0' + (int)char.GetNumericValue(c))));

    [GeneratedRegex(@"^\s*(?<whole>\d+)(?:\.(?<fraction>\d+))?\s*(?<unit>[a-zA-Z]*)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
