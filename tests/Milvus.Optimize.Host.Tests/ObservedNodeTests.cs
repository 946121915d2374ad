using System.Text;
using System.Text.RegularExpressions;

namespace Milvus.Optimize.Host.Tests;

/// <summary>The whole program, seen by Prometheus and by a collector.</summary>
public sealed partial class ObservedNodeTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task A_run_is_seen_in_the_metrics_and_in_one_trace_from_the_callers_span_to_each_call_to_Milvus()
    {
        await using var collector = await Collector.StartAsync();
        await using var folder = await CommandFolder.OpenAsync(speed: 20);
        folder.Variables["Milvus__Optimize__Telemetry__OtlpEndpoint"] = collector.Url;
        folder.Variables["Milvus__Optimize__Telemetry__OtlpProtocol"] = "http/protobuf";
        folder.Variables["Milvus__Optimize__Telemetry__OtlpHeaders"] = "x-key=open-sesame";
        using var node = await ServedNode.StartAsync(folder);
        var run = await node.RunAsync("books", $"00-{Trace}-b7ad6b7169203331-01");
        Assert.Equal("Succeeded", run["state"]!.GetValue<string>());

        var metrics = await node.Http.GetStringAsync("/metrics");
        Assert.Equal("1", Value(metrics, "milvus_optimize_runs_total{outcome=\"Succeeded\"}"));
        Assert.Equal("1", Value(metrics, "milvus_optimize_runs_started_total{}"));
        Assert.Equal("0", Value(metrics, "milvus_optimize_active{state=\"running\"}"));
        Assert.Equal("1", Value(metrics, "milvus_optimize_triggers_total{outcome=\"acknowledged\"}"));
        Assert.Equal("1", Value(metrics, "milvus_optimize_stage_duration_seconds_count{stage=\"WaitingForCompaction\"}"));
        Assert.Equal("1", Value(metrics, "milvus_optimize_http_request_duration_seconds_count{operation=\"startRun\",status=\"202\"}"));
        Assert.Contains($"rpc=\"ManualCompaction\",server=\"{folder.Simulator.Address.Authority}\",status=\"OK\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("books", metrics, StringComparison.Ordinal);
        Named(metrics);

        Assert.Equal(0, await node.EndAsync());
        var spans = collector.Text("/v1/traces");
        var id = Encoding.Latin1.GetString(Convert.FromHexString(Trace));
        var calls = folder.Simulator.Control.Log.Count(l => l.Rpc == "ManualCompaction" || l.Rpc == "GetPersistentSegmentInfo");
        Assert.True(spans.Split(id).Length - 1 > calls + 2, $"{spans.Split(id).Length - 1} spans of the trace, {calls} calls and more");
        foreach (var name in (string[])["startRun", "resolve", "Trigger", "Verify", "milvus.proto.milvus.MilvusService/ManualCompaction"]) Assert.Contains(name, spans, StringComparison.Ordinal);
        Assert.Contains("milvus.optimize.runs", collector.Text("/v1/metrics"), StringComparison.Ordinal);
        Assert.Equal(["open-sesame"], collector.Keys);
    }

    private static string? Value(string metrics, string series) =>
        metrics.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal))?[(series.Length + 1)..].Split(' ')[0];

    /// <summary>As docs/telemetry.md, the board and the alerts call them.</summary>
    private static void Named(string metrics)
    {
        var known = TelemetryFilesTests.Documented().SelectMany(d => TelemetryFilesTests.Exported(d).Select(name => (name, d.Labels))).ToDictionary(d => d.name, d => d.Labels);
        var samples = Sample().Matches(metrics);
        Assert.NotEmpty(samples);
        Assert.All(samples, s =>
        {
            Assert.Contains(s.Groups[1].Value, known.Keys);
            Assert.Subset(known[s.Groups[1].Value].Append("le").ToHashSet(), Label().Matches(s.Groups[2].Value).Select(l => l.Groups[1].Value).ToHashSet());
        });
        Assert.True(samples.Select(s => s.Groups[1].Value).Distinct().Count() >= 20);
    }

    [GeneratedRegex("^(milvus_optimize_[a-z_]+)(?:\\{([^}]*)\\})? ", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
