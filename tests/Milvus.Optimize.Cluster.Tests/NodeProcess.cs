using Milvus.Optimize.Client;
using Milvus.Optimize.Contracts;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>One node: started, asked over its HTTP routes, ended and started again at the same addresses.</summary>
internal sealed class NodeProcess(string name, int port, int httpPort, IReadOnlyList<string> arguments, Network? network = null, IReadOnlyDictionary<string, string>? environment = null) : IAsyncDisposable
{
    private readonly HttpClient _http = network?.Http(name, new($"http://127.0.0.1:{httpPort}")) ?? NodeHttp.OverTcp(new($"http://127.0.0.1:{httpPort}"));
    private readonly List<ProgramProcess> _before = [];
    private ProgramProcess? _process;

    public string Name => name;

    public int Port => port;

    public IReadOnlyList<string> Arguments => arguments;

    public ProgramProcess Process => _process ?? throw new InvalidOperationException($"node {name} was not started");

    public bool IsRunning => _process is { HasExited: false };

    public IOptimizeRuns Runs => new HttpOptimizeRuns(_http);

    /// <param name="set">Settings of this start alone.</param>
    public void Start(params string[] set)
    {
        if (_process is not null) _before.Add(_process);
        string[] own = [$"Akka:Port={port}", $"Management:Listen=http://127.0.0.1:{httpPort}", "Management:Anonymous=true"];
        _process = new(["node", .. arguments, .. own.Where(s => !arguments.Any(a => a.StartsWith(s[..(s.IndexOf('=') + 1)], StringComparison.Ordinal))).Concat(set).SelectMany(s => (string[])["--set", s])], environment, network?.In(name));
    }

    /// <summary>What <c>/readyz</c> answers, and why; 0 where nobody does.</summary>
    public async Task<(int Status, string Body)> ReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    public Task UntilUpAsync() => Process.UntilSaidAsync("is up at");

    /// <summary>The new run's id.</summary>
    public async Task<string> OptimizeAsync(string collection, bool force = false)
    {
        var request = new StartRequest(new(new(ClusterBed.Milvus), "default", collection), new(TargetSize.Automatic, false, force), Guid.NewGuid().ToString("N"), TimeSpan.FromHours(1));
        return (await Runs.StartAsync(request, CancellationToken.None)).Run.Id;
    }

    /// <summary>The same, asked again with the same key where a node says so, as a service does.</summary>
    public async Task<string> OptimizePatientlyAsync(string collection, bool force = false) =>
        (await new MilvusOptimizer(Runs, TimeProvider.System).StartAsync(new(new(ClusterBed.Milvus), "default", collection), new() { Force = force })).RunId.ToString();

    /// <summary>When this node last took a step of the run; null if it never did.</summary>
    public long? LastStepOf(string run) => _process?.LastWith($"{run} of ");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var process in _before) await process.DisposeAsync();
        if (_process is not null) await _process.DisposeAsync();
    }
}
