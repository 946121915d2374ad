using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Milvus.Optimize.Contracts.Tests;
using Milvus.Optimize.Core.Telemetry;
using YamlDotNet.Serialization;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The table of docs/telemetry.md, the Grafana board and the alerts, held to the instruments that there are.</summary>
public sealed partial class TelemetryFilesTests
{
    private const string Board = "docker/grafana/milvus-optimize.json";
    private const string Alerts = "docker/prometheus/alerts.yaml";

    // What Prometheus itself gives every series.
    private static readonly string[] Always = ["instance", "job", "le"];

    public static TheoryData<string> Expressions { get; } = [.. InBoard().Concat(InAlerts().Select(a => a["expr"])).Distinct().Cast<string>()];

    [Fact]
    public void The_document_has_every_instrument_with_its_kind() => Assert.Equal(
        Instruments().Select(i => (i.Name, Kind(i))).Order(),
        Documented().Select(d => (d.Name, d.Kind)).Order());

    [Theory, MemberData(nameof(Expressions))]
    public void An_expression_asks_for_metrics_and_labels_that_exist(string expression)
    {
        var names = Metric().Matches(expression).Select(m => m.Value).ToList();
        if (!expression.Contains("up{job=\"milvus-optimize\"}", StringComparison.Ordinal)) Assert.NotEmpty(names);
        var known = Documented().SelectMany(d => Exported(d).Select(name => (name, d.Labels))).ToDictionary(d => d.name, d => d.Labels);
        Assert.All(names, n => Assert.Contains(n, known.Keys));
        var labels = Matchers().Matches(expression).SelectMany(m => LabelOfMatcher().Matches(m.Groups[1].Value)).Select(m => m.Groups[1].Value)
            .Concat(By().Matches(expression).SelectMany(m => m.Groups[1].Value.Split(','))).Select(l => l.Trim()).Where(l => !Always.Contains(l)).Distinct();
        Assert.All(labels, label => Assert.All(names, n => Assert.Contains(label, known[n])));
        Assert.Equal(expression.Count(c => c == '('), expression.Count(c => c == ')'));
        Assert.Equal(expression.Count(c => c == '{'), expression.Count(c => c == '}'));
    }

    [Fact]
    public void Every_instrument_is_on_the_board() => Assert.All(
        Documented(), d => Assert.Contains(Exported(d), name => InBoard().Any(e => Metric().Matches(e).Any(m => m.Value == name))));

    [Fact]
    public void Every_alert_has_a_line_that_says_what_it_means()
    {
        var operations = Repository.Read("docs/operations.md");
        Assert.All(InAlerts(), alert => Assert.Contains($"| `{alert["alert"]}` |", operations, StringComparison.Ordinal));
        Assert.True(InAlerts().Count >= 10);
    }

    /// <summary>As the exporter names it; a test of the whole program sees whether it does.</summary>
    internal static IEnumerable<string> Exported((string Name, string Kind, string[] Labels) instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        return instrument.Kind switch
        {
            "counter" => [$"{name}_total"],
            "histogram, s" => [$"{name}_seconds_bucket", $"{name}_seconds_sum", $"{name}_seconds_count"],
            _ => [name],
        };
    }

    internal static List<(string Name, string Kind, string[] Labels)> Documented() => [.. Row().Matches(Repository.Read("docs/telemetry.md"))
        .Select(m => (m.Groups[1].Value, m.Groups[2].Value, Code().Matches(m.Groups[3].Value).Select(c => c.Groups[1].Value).ToArray()))];

    private static List<Instrument> Instruments()
    {
        var all = new List<Instrument>();
        RuntimeHelpers.RunClassConstructor(typeof(OptimizeInstruments).TypeHandle);
        using var listener = new MeterListener { InstrumentPublished = (i, _) => { if (i.Meter.Name == OptimizeTelemetry.MeterName) all.Add(i); } };
        listener.Start();
        return all;
    }

    private static string Kind(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        UpDownCounter<long> => "up-down counter",
        Histogram<double> => $"histogram, {instrument.Unit}",
        _ => "?",
    };

    private static IEnumerable<string> InBoard() => JsonNode.Parse(Repository.Read(Board))!["panels"]!.AsArray()
        .SelectMany(p => p!["targets"]!.AsArray()).Select(t => t!["expr"]!.GetValue<string>());

    private static List<Dictionary<string, string>> InAlerts()
    {
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<string, List<Dictionary<string, object>>>>(Repository.Read(Alerts));
        return [.. file["groups"].SelectMany(g => (List<object>)g["rules"]).Cast<Dictionary<object, object>>()
            .Select(r => new Dictionary<string, string> { ["alert"] = (string)r["alert"], ["expr"] = (string)r["expr"] })];
    }

    [GeneratedRegex("milvus_optimize_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("milvus_optimize_[a-z_]+\\{([^}]*)\\}")]
    private static partial Regex Matchers();

    [GeneratedRegex("([a-z_]+)\\s*(?:=~|!~|!=|=)")]
    private static partial Regex LabelOfMatcher();

    [GeneratedRegex("by \\(([^)]*)\\)")]
    private static partial Regex By();

    [GeneratedRegex("^\\| `(milvus\\.optimize\\.[a-z.]+)` \\| ([^|]+?) \\|([^|]*)\\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z]+)`")]
    private static partial Regex Code();
}
