using Milvus.Optimize.Host.CommandLine;

namespace Milvus.Optimize.Host.Tests;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("30m", 1800)]
    [InlineData("24h", 86400)]
    [InlineData("1h30m", 5400)]
    [InlineData("90s", 90)]
    [InlineData("7d", 604800)]
    [InlineData("1.5h", 5400)]
    [InlineData("500ms", 0.5)]
    public void A_duration_is_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.TryParse(text));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("0s")]
    [InlineData("1 h")]
    [InlineData("366d")]
    [InlineData("999999999d")]
    [InlineData("1h\n")]
    public void What_is_none_is_refused(string text) => Assert.Null(Durations.TryParse(text));

    [Theory]
    [InlineData(0.12, "120ms")]
    [InlineData(1.88, "1.9s")]
    [InlineData(72, "1m 12s")]
    [InlineData(3700, "1h 01m")]
    [InlineData(90000, "1d 01h")]
    public void A_duration_is_shown(double seconds, string text) => Assert.Equal(text, Durations.Format(TimeSpan.FromSeconds(seconds)));
}
