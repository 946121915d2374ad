using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Core.Tests;

/// <summary>What is spelled differently and is the same must have one name, or two runs could hold one collection.</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("http://localhost:19530")]
    [InlineData("http://127.0.0.1:19530")]
    [InlineData("http://[::1]:19530")]
    [InlineData("http://LOCALHOST")]
    [InlineData("https://localhost:19530/")]
    [InlineData("tcp://localhost:19530")]
    public void The_loopback_has_one_name(string address) => Assert.Equal("127-0-0-1-19530-e18194f4", NameOf(address));

    [Theory]
    [InlineData("http://milvus:19531", "http://milvus:19530")]
    [InlineData("http://milvus-a:19530", "http://milvus-b:19530")]
    [InlineData("http://a.b:19530", "http://a-b:19530")]
    public void Different_addresses_have_different_names(string one, string other) => Assert.NotEqual(NameOf(one), NameOf(other));

    [Theory]
    [InlineData("https://milvus:443", "https://milvus")]
    [InlineData("http://milvus:80", "http://milvus")]
    public void A_port_that_was_written_counts_even_if_it_is_the_schemes_own(string written, string left) => Assert.NotEqual(NameOf(written), NameOf(left));

    [Fact]
    public void Case_and_the_default_port_do_not_count() => Assert.Equal(NameOf("http://milvus.example.com:19530"), NameOf("http://Milvus.Example.COM"));

    [Fact]
    public void A_long_host_keeps_its_hash()
    {
        var name = NameOf($"http://{new string('a', 60)}.example.com:19530");
        Assert.Matches("^a{31}-[0-9a-f]{8}$", name);
        Assert.NotEqual(name, NameOf($"http://{new string('a', 60)}.example.org:19530"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Prod")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("prod\n")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void What_is_no_cluster_name_is_refused(string text) => Assert.Throws<ParamException>(() => new ClusterName(text));

    [Fact]
    public void A_collection_key_is_read_back()
    {
        var key = new CollectionKey(new ClusterName("prod-1"), 449);
        Assert.Equal("prod-1.449", key.ToString());
        Assert.Equal(key, CollectionKey.Parse(key.ToString()));
    }

    // Histories are found by this text: another one would leave every stored run behind.
    [Fact]
    public void The_persistence_id_is_fixed_for_ever()
    {
        Assert.Equal("optimize-prod.449", Books.Key.PersistenceId);
        Assert.Equal(Books.Key, CollectionKey.FromPersistenceId("optimize-prod.449"));
    }

    [Theory]
    [InlineData("/system/sharding/optimize")]
    [InlineData("optimize-")]
    [InlineData("optimize-supervisor")]
    [InlineData("optimize-prod.0")]
    public void A_history_of_somebody_else_is_not_ours(string persistenceId) => Assert.Null(CollectionKey.FromPersistenceId(persistenceId));

    [Theory]
    [InlineData("prod")]
    [InlineData(".449")]
    [InlineData("prod.")]
    [InlineData("prod.0")]
    [InlineData("prod.-1")]
    [InlineData("prod. 1")]
    [InlineData("prod.9223372036854775808")]
    [InlineData("Prod.449")]
    [InlineData("prod.449.01JD0000000000000000000001")]
    public void What_is_no_collection_key_is_refused(string text) => Assert.Throws<ParamException>(() => CollectionKey.Parse(text));

    [Fact]
    public void A_run_id_names_its_collection()
    {
        Assert.Equal("prod.449.01JD0000000000000000000001", Books.Run1.ToString());
        Assert.Equal(Books.Run1, RunId.Parse(Books.Run1.ToString()));
        Assert.Equal(Books.Key, RunId.Parse(Books.Run1.ToString()).Collection);
    }

    [Theory]
    [InlineData("books")]
    [InlineData("prod.449")]
    [InlineData("prod.449.01JD000000000000000000000")]
    [InlineData("prod.449.81JD0000000000000000000001")]
    [InlineData("prod.449.01jd0000000000000000000001")]
    [InlineData("prod.449.01JD000000000000000000000U")]
    [InlineData("prod.0.01JD0000000000000000000001")]
    [InlineData("prod.449.01JD0000000000000000000001\n")]
    public void What_is_no_run_id_is_refused(string text)
    {
        Assert.False(RunId.LooksLike(text));
        Assert.Throws<ParamException>(() => RunId.Parse(text));
    }

    [Theory]
    [InlineData("default", "books")]
    [InlineData("", "books")]
    [InlineData("sales", "sales.books")]
    public void A_collection_is_shown_with_its_database_where_that_is_not_the_default(string database, string shown) =>
        Assert.Equal(shown, new CollectionRef(new ClusterName("prod"), database, "books").ToString());

    private static string NameOf(string address) => ClusterName.FromAddress(new Uri(address)).Value;
}
