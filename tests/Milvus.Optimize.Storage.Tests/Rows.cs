using System.Data.Common;

namespace Milvus.Optimize.Storage.Tests;

/// <summary>Rows of a query as text, past the code that is tested.</summary>
internal static class Rows
{
    public static List<string> Of(DbConnection connection, string sql)
    {
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        return rows;
    }
}
