using Grpc.Core;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Which database a request means: its field, else the dbname header, else the default one.</summary>
internal static class Databases
{
    public static string Of(string? field, ServerCallContext context)
    {
        if (!string.IsNullOrEmpty(field)) return field;
        var header = context.RequestHeaders.GetValue("dbname");
        return string.IsNullOrEmpty(header) ? Catalog.DefaultDatabase : header;
    }
}
