using System.Collections;
using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace Milvus.Optimize.Host.Settings;

/// <summary>What a node runs with, defaults included, as lines for its log. No secret is in them.</summary>
internal static class EffectiveSettings
{
    private const string Hidden = "***";
    private static readonly string[] Secrets = ["Token", "Password", "Key", "OtlpHeaders"];
    private static readonly string[] PartsWithSecrets = ["password", "pwd", "sslpassword", "ssl password", "passfile"];

    public static IEnumerable<string> Lines(NodeSettings settings) =>
        Of("", settings.Optimize).Concat(Of("Storage:", settings.Storage)).Concat(Of("Akka:", settings.Akka)).Concat(Of("Management:", settings.Management)).Concat(Of("Telemetry:", settings.Telemetry))
            .Concat(settings.Clusters.SelectMany(c => Of($"Clusters:{c.Key}:", c.Value)))
            .Select(s => $"{NodeSettings.Section}:{s.Name} = {s.Value}");

    private static IEnumerable<(string Name, string Value)> Of(string prefix, object settings) => settings.GetType()
        .GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetIndexParameters().Length == 0)
        .SelectMany(p => Of(prefix + p.Name, p.Name, p.GetValue(settings)));

    private static IEnumerable<(string Name, string Value)> Of(string path, string name, object? value) => value switch
    {
        null => [],
        string when Secrets.Contains(name) => [(path, Hidden)],
        string text when name == nameof(Storage.StorageOptions.PostgreSql) => [(path, WithoutPassword(text))],
        string or bool or TimeSpan or IFormattable => [(path, Convert.ToString(value, CultureInfo.InvariantCulture)!)],
        IEnumerable list => list.Cast<object>().SelectMany((item, i) => Of($"{path}:{i}", "", item)),
        _ => Of($"{path}:", value),
    };

    private static string WithoutPassword(string connectionString)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var key in parts.Keys.Cast<string>().Where(k => PartsWithSecrets.Contains(k.ToLowerInvariant())).ToList()) parts[key] = Hidden;
        return parts.ConnectionString;
    }
}
