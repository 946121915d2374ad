namespace Milvus.Optimize.Gateway.Tests;

public sealed class MilvusConnectionOptionsTests
{
    private static readonly MilvusConnectionOptions Plain = new() { Address = new("http://m:19530") };

    [Fact]
    public void The_defaults_are_valid() => Plain.Validate();

    [Fact]
    public void No_secret_is_printed()
    {
        var text = $"{Plain with { Token = "t0psecret" }} {Plain with { User = "root", Password = "s3cret" }} {Plain with { Address = new("http://u:s3cret@m:1") }}";
        Assert.DoesNotContain("t0psecret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        Assert.Contains("http://m:19530", text, StringComparison.Ordinal);
    }

    public static TheoryData<MilvusConnectionOptions, string> Bad => new()
    {
        { Plain with { Address = new("ftp://m:1") }, "http://" },
        { Plain with { Address = new("/m", UriKind.Relative) }, "http://" },
        { Plain with { Address = new("http://u:p@m:1") }, "credentials" },
        { Plain with { ManagementAddress = new("http://u:p@m:1") }, "ManagementAddress" },
        { Plain with { ManagementAddress = new("http://m:1/api") }, "ManagementAddress" },
        { Plain with { ManagementAddress = new("tcp://m:1") }, "ManagementAddress" },
        { Plain with { ManagementAddress = new("/m", UriKind.Relative) }, "ManagementAddress" },
        { Plain with { Token = "t", User = "u", Password = "p" }, "either" },
        { Plain with { User = "u" }, "both or neither" },
        { Plain with { CaFile = "ca.pem" }, "https://" },
        { Plain with { ServerName = "m" }, "https://" },
        { Plain with { Address = new("https://m:1"), CertificateFile = "c.pem" }, "both or neither" },
        { Plain with { Address = new("https://m:1"), CaFile = "no-such.pem" }, "no-such.pem" },
        { Plain with { ReadAttempts = 0 }, "ReadAttempts" },
        { Plain with { CallTimeout = TimeSpan.Zero }, "CallTimeout" },
        { Plain with { ConnectTimeout = Timeout.InfiniteTimeSpan }, "ConnectTimeout" },
        { Plain with { TcpUserTimeout = TimeSpan.FromDays(40) }, "TcpUserTimeout" },
        { Plain with { ReadBackOff = TimeSpan.FromSeconds(-1) }, "ReadBackOff" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_cannot_work_is_refused_with_what_to_do(MilvusConnectionOptions options, string says) =>
        Assert.Contains(says, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
