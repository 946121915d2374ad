using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Milvus.Optimize.Actors;
using Milvus.Optimize.Core.Identity;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Storage;

namespace Milvus.Optimize.Host.Settings;

/// <summary>All of <c>Milvus:Optimize</c> that a node of an Akka cluster has: from a JSON file, then the environment, then the command line.</summary>
internal sealed record NodeSettings
{
    public const string Section = "Milvus:Optimize";
    private static readonly string[] Parts = [nameof(Storage), nameof(Akka), nameof(Management), nameof(Telemetry), nameof(Clusters)];

    public required OptimizeOptions Optimize { get; init; }

    public required StorageOptions Storage { get; init; }

    public required AkkaSettings Akka { get; init; }

    public required ManagementSettings Management { get; init; }

    public required TelemetrySettings Telemetry { get; init; }

    public required IReadOnlyDictionary<string, MilvusSettings> Clusters { get; init; }

    /// <param name="file">JSON; null for none.</param>
    /// <param name="set">NAME=VALUE below the section.</param>
    /// <exception cref="ParamException">Something is missing, unknown or cannot work; the text says which setting and what to do.</exception>
    public static NodeSettings Read(string? file, IEnumerable<string> set)
    {
        var section = Sources(file, set).GetSection(Section);
        try
        {
            var settings = new NodeSettings
            {
                Optimize = WithFence(Bind<OptimizeOptions>(Without(section, Parts)), section),
                Storage = Bind<StorageOptions>(section.GetSection(nameof(Storage))),
                Akka = Bind<AkkaSettings>(section.GetSection(nameof(Akka))),
                Management = Bind<ManagementSettings>(section.GetSection(nameof(Management))),
                Telemetry = Bind<TelemetrySettings>(section.GetSection(nameof(Telemetry))),
                Clusters = section.GetSection(nameof(Clusters)).GetChildren().ToDictionary(c => c.Key, Bind<MilvusSettings>),
            };
            settings.Validate();
            return settings;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ParamException($"{Section}: {Innermost(e)}");
        }
    }

    /// <summary>How each Milvus cluster is reached.</summary>
    public IReadOnlyDictionary<ClusterName, MilvusConnectionOptions> Connections() => Clusters.ToDictionary(c => new ClusterName(c.Key), c => c.Value.Connection(c.Key));

    private static IConfigurationRoot Sources(string? file, IEnumerable<string> set)
    {
        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddJsonStream(new MemoryStream(ReadFile(file)));
        builder.AddEnvironmentVariables();
        builder.AddInMemoryCollection(set.Select(s => s.Split('=', 2) is [{ Length: > 0 } name, var value]
            ? KeyValuePair.Create($"{Section}:{name}", (string?)value)
            : throw new ParamException($"--set with {s.Length} characters is not NAME=VALUE, such as Akka:Port=8111; it is not repeated here, for it may be a secret")));
        try
        {
            return builder.Build();
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or JsonException)
        {
            throw new ParamException($"{file}: {e.Message} {e.InnerException?.Message}".TrimEnd());
        }
    }

    private static byte[] ReadFile(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParamException($"the configuration cannot be read: {e.Message}");
        }
    }

    // A process of our own is killed rather than trusted to shut down, except under a debugger, which stops it for longer than any fence allows.
    private static OptimizeOptions WithFence(OptimizeOptions options, IConfigurationSection section) =>
        section[nameof(OptimizeOptions.FenceAction)] is null && !Debugger.IsAttached ? options with { FenceAction = FenceAction.KillProcess } : options;

    // What is misspelt is an error: a setting that is silently not there may be a limit.
    private static T Bind<T>(IConfiguration section)
        where T : class, new() => section.Get<T>(o => o.ErrorOnUnknownConfiguration = true) ?? new T();

    private static IConfiguration Without(IConfigurationSection section, string[] parts) => new ConfigurationBuilder()
        .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(s => !parts.Any(p => IsBelow(s.Key, p)))).Build();

    private static bool IsBelow(string key, string part) =>
        key.Equals(part, StringComparison.OrdinalIgnoreCase) || key.StartsWith(part + ":", StringComparison.OrdinalIgnoreCase);

    private static string Innermost(Exception e) => e.InnerException is null ? e.Message : $"{e.Message} {Innermost(e.InnerException)}";

    private void Validate()
    {
        Optimize.Validate();
        if (Storage.PostgreSql is null) throw new ParamException("Storage:PostgreSql is missing: nodes share a journal, so give its connection string (Host=db;Database=optimize;Username=optimize)");
        Storage.Validate();
        Akka.Validate();
        Management.Serving();
        Management.Jwt?.Validate();
        Telemetry.Validate();
        Connections();
    }
}
