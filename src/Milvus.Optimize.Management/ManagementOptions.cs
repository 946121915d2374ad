namespace Milvus.Optimize.Management;

/// <summary>How the routes are guarded.</summary>
public sealed record ManagementOptions
{
    /// <summary>Ask nobody for a key, and let everybody do everything. Default false. Over the Unix socket no key is asked for in any case.</summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// Host names beside IP addresses and <c>localhost</c> under which the endpoint answers: a name, <c>*.example.com</c> for all below it, or <c>*</c> for any. A
    /// page of somebody else's must not reach it through a name that leads here. Default none.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Calls a second that one key (without keys: one address) may make, and as many again at once; above it 429. Default 100.</summary>
    public int CallsPerSecond { get; init; } = 100;

    /// <summary>Calls a second that one address may make of the routes that ask for no key, and as many again at once; above it 429. Default 100.</summary>
    public int OpenCallsPerSecond { get; init; } = 100;

    /// <summary>
    /// Calls a second without a valid key that one address may make, and as many again at once; above it 429, before any key is looked up but one that got in
    /// within the last ten minutes. Default 10.
    /// </summary>
    public int RefusalsPerSecond { get; init; } = 10;

    /// <summary>Event streams and long polls that are open at once; above it 429. Default 200.</summary>
    public int MaxWaiting { get; init; } = 200;

    /// <summary>Those of one key (without keys: of one address); above it 429. Over the Unix socket it does not count. Default 50.</summary>
    public int MaxWaitingPerCaller { get; init; } = 50;

    /// <exception cref="ArgumentException">A limit is below 1.</exception>
    public void Validate()
    {
        (string Name, int Value)[] limits =
        [
            (nameof(CallsPerSecond), CallsPerSecond), (nameof(OpenCallsPerSecond), OpenCallsPerSecond), (nameof(RefusalsPerSecond), RefusalsPerSecond),
            (nameof(MaxWaiting), MaxWaiting), (nameof(MaxWaitingPerCaller), MaxWaitingPerCaller),
        ];
        foreach (var (name, value) in limits)
            if (value < 1) throw new ArgumentException($"{name} is {value}, and must be at least 1");
    }
}
