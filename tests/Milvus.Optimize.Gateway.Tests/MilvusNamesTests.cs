using Milvus.Optimize.Core.Milvus;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Gateway.Tests;

public sealed class MilvusNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("_")]
    [InlineData("_1")]
    [InlineData("Books_2026")]
    public void A_good_name_comes_back(string name)
    {
        Assert.Equal(name, MilvusNames.Collection(name));
        Assert.Equal(name, MilvusNames.Alias(name));
        Assert.Equal(name, MilvusNames.Database(name));
    }

    [Theory]
    [InlineData("", "collection name should not be empty")]
    [InlineData(null, "collection name should not be empty")]
    [InlineData("a-b", "Invalid collection name: a-b. collection name can only contain numbers, letters and underscores")]
    [InlineData("a b", "Invalid collection name: a b. collection name can only contain numbers, letters and underscores")]
    [InlineData("aü", "Invalid collection name: aü. collection name can only contain numbers, letters and underscores")]
    [InlineData("a\n", "Invalid collection name: a\n. collection name can only contain numbers, letters and underscores")]
    [InlineData("1abc", "Invalid collection name: 1abc. the first character of a collection name must be an underscore or letter")]
    [InlineData("ü", "Invalid collection name: ü. the first character of a collection name must be an underscore or letter")]
    public void A_bad_name_is_refused_in_Milvuss_words(string? name, string text) =>
        Assert.Equal(text, Assert.Throws<ParamException>(() => MilvusNames.Collection(name)).Message);

    [Fact]
    public void The_length_is_bounded()
    {
        var longest = new string('x', MilvusNames.MaxLength);
        Assert.Equal(longest, MilvusNames.Collection(longest));
        var text = Assert.Throws<ParamException>(() => MilvusNames.Collection(longest + "x")).Message;
        Assert.Equal($"Invalid collection name: {longest}x. the length of a collection name must be less than 255 characters", text);
    }

    [Fact]
    public void Aliases_and_databases_are_called_so()
    {
        Assert.StartsWith("Invalid collection alias: a.b. collection alias can only", Assert.Throws<ParamException>(() => MilvusNames.Alias("a.b")).Message, StringComparison.Ordinal);
        Assert.StartsWith("Invalid database name: a.b. database name can only", Assert.Throws<ParamException>(() => MilvusNames.Database("a.b")).Message, StringComparison.Ordinal);
        Assert.Equal("database name should not be empty", Assert.Throws<ParamException>(() => MilvusNames.Database("")).Message);
    }
}
