namespace Milvus.Optimize.Management;

/// <summary>How the routes are guarded.</summary>
public sealed record ManagementOptions
{
    /// <summary>Ask nobody for a key, and let everybody do everything. Default false. Over the Unix socket no key is asked for in any case.</summary>
    public bool Anonymous { get; init; }

    /// <summary>
    /// Host names beside IP addresses and <c>localhost</c> under which an <see cref="Anonymous"/> endpoint answers: a page of somebody else's must not reach
    /// it through a name that leads here. Default none.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Calls a second that one key may make, and as many again at once; above it 429. Default 100.</summary>
    public int CallsPerSecond { get; init; } = 100;

    /// <summary>Calls a second without a valid key that one address may make; above it 429, before any key is looked at. Default 10.</summary>
    public int RefusalsPerSecond { get; init; } = 10;

    /// <summary>Event streams and long polls that are open at once; above it 429. Default 200.</summary>
    public int MaxWaiting { get; init; } = 200;

    /// <exception cref="ArgumentException">A limit is below 1.</exception>
    public void Validate()
    {
        if (CallsPerSecond < 1 || RefusalsPerSecond < 1 || MaxWaiting < 1)
            throw new ArgumentException($"{nameof(CallsPerSecond)}, {nameof(RefusalsPerSecond)} and {nameof(MaxWaiting)} are at least 1");
    }
}
