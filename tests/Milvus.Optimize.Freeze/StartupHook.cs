using System.Diagnostics.CodeAnalysis;
using Milvus.Optimize.Freeze;

/// <summary>What the runtime runs in a node process before its own Main where <c>DOTNET_STARTUP_HOOKS</c> names this assembly: nothing of it ships.</summary>
[SuppressMessage("Design", "CA1050:Declare types in namespaces", Justification = "The runtime looks for this very name.")]
[SuppressMessage("Major Code Smell", "S3903:Types should be defined in named namespaces", Justification = "The runtime looks for this very name.")]
[SuppressMessage("Performance", "CA1812:Avoid uninstantiated internal classes", Justification = "The runtime calls it.")]
internal static class StartupHook
{
    private static TriggerFreezer? _freezer;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(TriggerFreezer.Variable) is { Length: > 0 } folder) _freezer ??= new(folder);
    }
}
