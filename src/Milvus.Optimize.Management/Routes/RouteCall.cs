using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Contracts.Runs;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Management.Routes;

/// <summary>A call that the gate has let in.</summary>
internal sealed class RouteCall(HttpContext context, Caller caller)
{
    public HttpContext Context => context;

    public HttpRequest Request => context.Request;

    public CancellationToken Aborted => context.RequestAborted;

    public Caller Caller => caller;

    public IOptimizeRuns Runs => Service<IOptimizeRuns>();

    /// <summary>For the audit log: what the call is about, and why.</summary>
    public string? Target { get; private set; }

    public string? Reason { get; set; }

    public T Service<T>() where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>Says for the audit log what the call is about, where that is neither a run nor a collection.</summary>
    public void About(string target) => Target = target;

    /// <exception cref="RefusedException">The key is not for this collection.</exception>
    public void Require(CollectionRef collection)
    {
        Target = $"{collection.Cluster}/{collection.Database}/{collection.Name}";
        if (!caller.Scope.Covers(collection.Cluster.Value, collection.Database, collection.Name)) throw OutOfScope();
    }

    /// <summary>The run that the path names, once it is known that the caller may see its collection.</summary>
    /// <exception cref="OptimizeProblemException">There is no such run.</exception>
    /// <exception cref="RefusedException">The key is not for its collection.</exception>
    public async Task<RunId> RequireRunAsync()
    {
        var run = RequestQueries.Run(context);
        Target = run.ToString();
        if (caller.Scope == CollectionScope.All) return run;
        if (!caller.Scope.Touches(run.Collection.Cluster.Value)) throw OutOfScope();
        var document = await Runs.GetAsync(run, -1, TimeSpan.Zero, Aborted);
        if (!caller.Scope.Covers(document.Cluster, document.Database, document.Collection)) throw OutOfScope();
        return run;
    }

    /// <summary>A place among the calls that stay open.</summary>
    /// <exception cref="RefusedException">All are taken, or all that one caller may have.</exception>
    public IDisposable Waiting() => Service<Limits>().Wait(Admission.PartOf(context, caller), ReferenceEquals(caller, Caller.LocalSocket));

    private RefusedException OutOfScope() => RefusedException.Denied(
        $"this key is for {caller.Scope} and not for {Target}: use another key", new() { ["scope"] = caller.Scope.ToString(), ["target"] = Target });
}
