using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>API keys that all nodes of a database share.</summary>
public sealed class KeyTableTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly List<ServiceProvider> _containers = [];
    private StorageOptions _options = null!;

    public async Task InitializeAsync()
    {
        if (PostgreSqlServer.Missing is null) _options = new() { PostgreSql = await PostgreSqlServer.NewDatabaseAsync() };
    }

    public async Task DisposeAsync()
    {
        foreach (var container in _containers) await container.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
    }

    [PostgreSqlFact]
    public async Task What_one_process_makes_and_ends_another_sees_with_its_next_call()
    {
        var (a, b) = (Open(), Open());
        Assert.Null(await b.FindAsync("k1", default));
        Assert.True(await a.AddAsync(Key("k1") with { ExpiresAt = Now.AddDays(1) }, 2, default));
        Assert.Equal(Key("k1") with { ExpiresAt = Now.AddDays(1) }, await b.FindAsync("k1", default));
        Assert.Equal(Now, (await a.RevokeAsync("k1", Now, default))!.RevokedAt);
        Assert.Equal(Now, (await b.RevokeAsync("k1", Now.AddHours(1), default))!.RevokedAt);
        Assert.Equal(Now, (await b.FindAsync("k1", default))!.RevokedAt);
        Assert.Null(await b.RevokeAsync("k2", Now, default));
    }

    [PostgreSqlFact]
    public async Task Of_many_commands_at_once_two_make_a_key_of_one_name()
    {
        var tables = Enumerable.Range(0, 8).Select(_ => Open()).ToList();
        foreach (var table in tables) Assert.Empty(await table.ListAsync(default));
        var added = await Task.WhenAll(tables.Select((t, i) => t.AddAsync(Key($"k{i}"), 2, default)));
        Assert.Equal(2, added.Count(a => a));
        var first = (await tables[0].ListAsync(default))[0];
        await tables[0].RevokeAsync(first.Id, Now, default);
        Assert.True(await tables[1].AddAsync(Key("next"), 2, default));
        Assert.False(await tables[1].AddAsync(Key("more"), 2, default));
    }

    [PostgreSqlFact]
    public async Task A_key_that_expired_takes_no_place()
    {
        var keys = Open();
        foreach (var id in (string[])["k1", "k2"]) Assert.True(await keys.AddAsync(Key(id) with { ExpiresAt = Now.AddHours(1) }, 2, default));
        Assert.False(await keys.AddAsync(Key("k3"), 2, default));
        Assert.True(await keys.AddAsync(Key("k3") with { CreatedAt = Now.AddHours(1) }, 2, default));
        Assert.Equal(["k1", "k2", "k3"], (await keys.ListAsync(default)).Select(k => k.Id));
    }

    private static KeyRow Key(string id) => new(id, "ci", $"hash of {id}", "Operator", "*/*/*", Now, null, null);

    private IKeyTable Open()
    {
        _containers.Add(new ServiceCollection().AddOptimizeStorage(_options).BuildServiceProvider());
        return _containers[^1].GetRequiredService<IKeyTable>();
    }
}
