using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Milvus.Optimize.Core.Telemetry;
using Milvus.Optimize.Host.Settings;
using Milvus.Optimize.Management;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Milvus.Optimize.Host.Nodes;

/// <summary>Collects what the meter and the source of this process say: for <c>/metrics</c>, and for a collector where one is named.</summary>
internal sealed class NodeTelemetry : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider? _traces;
    private readonly ServiceProvider _none = new ServiceCollection().BuildServiceProvider();

    private NodeTelemetry(MeterProvider metrics, TracerProvider? traces) => (_metrics, _traces) = (metrics, traces);

    /// <param name="settings">Checked already.</param>
    /// <param name="instance">Tells this node from the others.</param>
    public static NodeTelemetry Start(TelemetrySettings settings, string instance)
    {
        var resource = ResourceBuilder.CreateEmpty().AddService("milvus-optimize", serviceVersion: ClusterNode.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: instance);
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter(OptimizeTelemetry.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter(prometheus => (prometheus.ScrapeResponseCacheDurationMilliseconds, prometheus.ScopeInfoEnabled) = (0, false));
        if (settings.OtlpEndpoint is null) return new(metrics.Build(), null);
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(OptimizeTelemetry.SourceName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceRatio))).AddOtlpExporter(otlp => Configure(otlp, settings, "v1/traces"));
        return new(metrics.AddOtlpExporter((otlp, _) => Configure(otlp, settings, "v1/metrics")).Build(), traces.Build());
    }

    /// <summary>For the route.</summary>
    public MetricsScrape Scrape() => new(new ApplicationBuilder(_none).UseOpenTelemetryPrometheusScrapingEndpoint(_metrics, _ => true, null, null, null).Build());

    /// <summary>Sends what is left, for two seconds at most: a collector that is away must not keep a node from its end.</summary>
    public void Dispose()
    {
        const int patience = 2000;
        _traces?.Shutdown(patience);
        _metrics.Shutdown(patience);
        _traces?.Dispose();
        _metrics.Dispose();
        _none.Dispose();
    }

    private static void Configure(OtlpExporterOptions otlp, TelemetrySettings settings, string signal)
    {
        otlp.Protocol = settings.OtlpProtocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.Grpc ? new(settings.OtlpEndpoint!) : new($"{settings.OtlpEndpoint!.TrimEnd('/')}/{signal}");
        if (settings.OtlpHeaders is not null) otlp.Headers = settings.OtlpHeaders;
    }
}
