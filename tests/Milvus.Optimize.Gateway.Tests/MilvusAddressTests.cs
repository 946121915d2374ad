namespace Milvus.Optimize.Gateway.Tests;

public sealed class MilvusAddressTests
{
    [Theory]
    [InlineData("localhost", "http://localhost:19530/")]
    [InlineData("milvus.example:20000", "http://milvus.example:20000/")]
    [InlineData("http://milvus.example", "http://milvus.example:19530/")]
    [InlineData("http://milvus.example:80", "http://milvus.example:80/")]
    [InlineData("https://milvus.example", "https://milvus.example:19530/")]
    [InlineData("https://milvus.example:443/", "https://milvus.example:443/")]
    [InlineData("tcp://10.0.0.1:19531", "http://10.0.0.1:19531/")]
    [InlineData("[::1]", "http://[::1]:19530/")]
    [InlineData("http://[::1]:19531", "http://[::1]:19531/")]
    [InlineData("  10.0.0.1:19530 ", "http://10.0.0.1:19530/")]
    public void What_people_write_is_read(string text, string address) => Assert.Equal(new Uri(address), MilvusAddress.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("host:port")]
    [InlineData("host:99999")]
    [InlineData("ftp://host")]
    [InlineData("http://host/path")]
    [InlineData("http://host:19530?x=1")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<ArgumentException>(() => MilvusAddress.Parse(text));

    [Theory]
    [InlineData("http://root:secret@host:19530")]
    [InlineData("http://root:secret@host:99999")]
    [InlineData("root:secret@host:19530")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string text) =>
        Assert.DoesNotContain("secret", Assert.Throws<ArgumentException>(() => MilvusAddress.Parse(text)).Message, StringComparison.Ordinal);
}
