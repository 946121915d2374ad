using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Npgsql;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>The databases' own exceptions, and what an answer says of them.</summary>
public sealed class SafeReasonTests
{
    [Fact]
    public async Task A_database_that_is_not_there_is_told_without_its_address_and_user()
    {
        var reason = await WhyNotAsync($"Host=127.0.0.1;Port={FreePorts.Next()};Username=somebody;Database=sesame");
        Assert.Equal("the database cannot be used: connection refused", reason);
    }

    [PostgreSqlFact]
    public async Task A_database_that_it_does_not_know_is_told_without_its_name()
    {
        var there = new NpgsqlConnectionStringBuilder(await PostgreSqlServer.NewDatabaseAsync());
        Assert.Equal("the database cannot be used: no such database (SQLSTATE 3D000)", await WhyNotAsync(new NpgsqlConnectionStringBuilder(there.ConnectionString) { Database = "sesame" }.ConnectionString));
        Assert.Equal("the database cannot be used: authentication failed (SQLSTATE 28000)", await WhyNotAsync(new NpgsqlConnectionStringBuilder(there.ConnectionString) { Username = "sesame" }.ConnectionString));
        Assert.Null(await WhyNotAsync(there.ConnectionString));
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_told_without_its_path()
    {
        using var folder = new TemporaryFolder();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Folder, "no/such/folder/sesame.db")}");
        Assert.Equal("its file cannot be opened (SQLite error 14)", SafeReason.Of(Assert.Throws<SqliteException>(connection.Open)));
    }

    private static async Task<string?> WhyNotAsync(string connection)
    {
        await using var services = new ServiceCollection().AddLogging().AddOptimizeStorage(new() { PostgreSql = connection }).BuildServiceProvider();
        return await services.GetRequiredService<IJournalProbe>().WhyNotAsync(default);
    }
}
