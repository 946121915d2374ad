using System.Text;
using Grpc.Core;

namespace Milvus.Optimize.Gateway;

/// <summary>The request headers that Milvus reads: <c>authorization</c> without a scheme word, and <c>dbname</c>.</summary>
internal sealed class CallHeaders
{
    private readonly string? _authorization;

    public CallHeaders(MilvusConnectionOptions options)
    {
        var secret = options.Token ?? (options.User is null ? null : $"{options.User}:{options.Password}");
        _authorization = string.IsNullOrEmpty(secret) ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>Null or empty names no database: the server takes its default.</summary>
    public Metadata For(string? database)
    {
        var headers = new Metadata();
        if (_authorization is not null) headers.Add("authorization", _authorization);
        if (!string.IsNullOrEmpty(database)) headers.Add("dbname", database);
        return headers;
    }
}
