using System.Collections.Immutable;
using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;
using Milvus.Optimize.Management.Security;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Tests;

/// <summary>Keys in a database that does not do as it should.</summary>
public sealed class SharedApiKeysTests
{
    private const string Text = "db.internal:5432 refuses optimize";

    [Theory]
    [InlineData("42501", false, "select, insert and update on table optimize_api_key")]
    [InlineData("28P01", false, "authentication failed")]
    [InlineData("22021", false, "SQLSTATE 22021")]
    [InlineData("57P01", true, "ask again")]
    [InlineData(null, true, "does not answer")]
    public async Task A_fault_says_whether_asking_again_helps_and_nothing_of_the_database(string? state, bool retryable, string says)
    {
        var keys = new SharedApiKeys(new Broken(new Fault(state)), new FakeTimeProvider());
        Func<ValueTask>[] all =
        [
            async () => await keys.FindAsync("aaaaaaaaaa", default), async () => await keys.ListAsync(default), async () => await keys.RevokeAsync("aaaaaaaaaa", default),
            async () => await keys.CreateAsync("ci", Role.Viewer, CollectionScope.All, null, default),
        ];
        foreach (var ask in all)
        {
            var told = await Assert.ThrowsAsync<OptimizeProblemException>(async () => await ask());
            Assert.Equal((OptimizeProblem.Unavailable, retryable), (told.Problem.Code, told.Problem.Retryable));
            Assert.Contains(says, told.Problem.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("db.internal", told.Problem.Detail, StringComparison.Ordinal);
            Assert.Equal(Text, told.InnerException!.Message);
        }
    }

    [Fact]
    public async Task A_database_too_late_may_be_asked_again() => Assert.True((await Assert.ThrowsAsync<OptimizeProblemException>(
        async () => await new SharedApiKeys(new Broken(new TimeoutException(Text)), new FakeTimeProvider()).ListAsync(default))).Problem.Retryable);

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u202eb")]
    [InlineData("a\ud800b")]
    public async Task A_name_that_is_none_is_asked_of_no_database(string name) => await Assert.ThrowsAsync<ParamException>(
        async () => await new SharedApiKeys(new Broken(new InvalidOperationException(Text)), new FakeTimeProvider()).CreateAsync(name, Role.Viewer, CollectionScope.All, null, default));

    private sealed class Fault(string? state) : DbException(Text)
    {
        public override string? SqlState => state;
    }

    private sealed class Broken(Exception fault) : IKeyTable
    {
        public Task<KeyRow?> FindAsync(string id, CancellationToken cancellationToken) => throw fault;

        public Task<ImmutableArray<KeyRow>> ListAsync(CancellationToken cancellationToken) => throw fault;

        public Task<bool> AddAsync(KeyRow key, int mostOfOneName, CancellationToken cancellationToken) => throw fault;

        public Task<KeyRow?> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => throw fault;
    }
}
