using Grpc.Core;
using Milvus.Optimize.Simulator.Model;

namespace Milvus.Optimize.Simulator.Service;

/// <summary>Which database a request means: its field, else the dbname header, else the default one.</summary>
internal static class Databases
{
    /// <summary>The same for calls of which some servers do not heed the header: <see cref="ServerSettings.IgnoresDatabaseHeader"/>.</summary>
    public static string OfCompaction(World world, string field, ServerCallContext context) =>
        !world.Settings.IgnoresDatabaseHeader ? Of(field, context) : field.Length > 0 ? field : Catalog.DefaultDatabase;

    /// <summary>Whether a call is one of those.</summary>
    public static bool IsOfCompaction(Google.Protobuf.IMessage request) =>
        request is Wire.ManualCompactionRequest or Wire.GetCompactionPlansRequest;

    public static string Of(string? field, ServerCallContext context)
    {
        if (!string.IsNullOrEmpty(field)) return field;
        var header = context.RequestHeaders.GetValue("dbname");
        return string.IsNullOrEmpty(header) ? Catalog.DefaultDatabase : header;
    }
}
