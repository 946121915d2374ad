using System.Collections.Immutable;
using System.Data.Common;

namespace Milvus.Optimize.Storage;

/// <summary>On PostgreSQL. Each call is read from the table: a revocation holds on every node with its next call.</summary>
internal sealed class SqlKeyTable(OptimizeDatabase database) : IKeyTable
{
    private const string Columns = "id, name, hash, role, scope, created_at, expires_at, revoked_at";

    // Two commands at once must not both make the last key that a name may have.
    private const long CreateLock = 0x6f70742d6b657973;

    /// <inheritdoc/>
    public async Task<KeyRow?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ReadAsync($"select {Columns} from optimize_api_key where id = @id", cancellationToken, ("id", id))).FirstOrDefault();

    /// <inheritdoc/>
    public Task<ImmutableArray<KeyRow>> ListAsync(CancellationToken cancellationToken) =>
        ReadAsync($"select {Columns} from optimize_api_key order by created_at, id", cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> AddAsync(KeyRow key, int mostOfOneName, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var wait = Command(connection, $"select pg_advisory_xact_lock({CreateLock})")) await wait.ExecuteNonQueryAsync(cancellationToken);
        await using var insert = Command(connection, $"""
            insert into optimize_api_key ({Columns}) select @id, @name, @hash, @role, @scope, @created, cast(@expires as text), cast(@revoked as text)
            where (select count(*) from optimize_api_key where name = @name and revoked_at is null and (expires_at is null or expires_at > @created)) < @most
            """, ("id", key.Id), ("name", key.Name), ("hash", key.Hash), ("role", key.Role), ("scope", key.Scope), ("created", Text(key.CreatedAt)),
            ("expires", Text(key.ExpiresAt)), ("revoked", Text(key.RevokedAt)), ("most", mostOfOneName));
        var added = await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return added == 1;
    }

    /// <inheritdoc/>
    public async Task<KeyRow?> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => (await ReadAsync(
        $"update optimize_api_key set revoked_at = coalesce(revoked_at, @at) where id = @id returning {Columns}", cancellationToken, ("id", id), ("at", Text(at)))).FirstOrDefault();

    private async Task<ImmutableArray<KeyRow>> ReadAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = ImmutableArray.CreateBuilder<KeyRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), At(reader, 5)!.Value, At(reader, 6), At(reader, 7)));
        }

        return keys.ToImmutable();
    }

    private static DbCommand Command(DbConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static DateTimeOffset? At(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : DateTimeOffset.Parse(reader.GetString(column), System.Globalization.CultureInfo.InvariantCulture);

    // Of one width, so that texts are in the order of the instants.
    private static string? Text(DateTimeOffset? at) => at?.UtcDateTime.ToString("O");
}
