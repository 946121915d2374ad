using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Gateway;

/// <summary>
/// Asks a cluster's port 9091 for its compactions. Whatever goes wrong there (refused, no such route, too slow, too long, no JSON) is an empty answer: nobody
/// can tell. One try a call, for its callers come again.
/// </summary>
internal sealed class ManagementPort : IDisposable
{
    private const int MaxBytes = 4 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private readonly HttpClient _client;

    public ManagementPort(MilvusConnectionOptions options, Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        };
        var isTls = address.Scheme == Uri.UriSchemeHttps;
        if (isTls) handler.SslOptions = TlsFiles.Read(options);
        _client = new(handler)
        {
            BaseAddress = address,
            Timeout = options.CallTimeout < Longest ? options.CallTimeout : Longest,
            MaxResponseContentBufferSize = MaxBytes,
        };

        // What goes encrypted to the server goes nowhere in the clear. An API key is no user of this port.
        var login = options.Token ?? (options.User is null ? null : $"{options.User}:{options.Password}");
        if (login?.Contains(':', StringComparison.Ordinal) is true && (isTls || !options.IsTls))
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
    }

    public async Task<ImmutableArray<ListedTask>> ListTasksAsync(long collectionId, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.GetAsync(new Uri("api/v1/_dc/tasks/compaction", UriKind.Relative), cancellationToken).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) return [];
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            return ManagementTasks.Of(json.RootElement, collectionId);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [];
        }
    }

    public void Dispose() => _client.Dispose();
}
