using Microsoft.Extensions.Configuration;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.Settings;

/// <summary>Where metrics and traces go, section <c>Milvus:Optimize:Telemetry</c>. <c>/metrics</c> needs none of it.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>An OpenTelemetry collector, such as <c>http://collector:4317</c>. Null sends nothing anywhere.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary><c>name=value</c> pairs with commas between them, such as a key of the collector. Never printed.</summary>
    public string? OtlpHeaders { get; init; }

    /// <summary><c>grpc</c> or <c>http/protobuf</c>; to the latter's endpoint v1/traces and v1/metrics are added. Default <c>grpc</c>.</summary>
    public string OtlpProtocol { get; init; } = "grpc";

    /// <summary>Which part of the traces that begin here is kept, 0 to 1; a caller's own decision is followed. Default 1.</summary>
    public double TraceRatio { get; init; } = 1;

    /// <summary>The section of the environment, for a node without a file: <c>Milvus__Optimize__Telemetry__OtlpEndpoint</c>.</summary>
    /// <exception cref="ParamException">A value cannot work.</exception>
    public static TelemetrySettings FromEnvironment()
    {
        var section = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection($"{NodeSettings.Section}:Telemetry");
        var settings = section.Get<TelemetrySettings>() ?? new();
        settings.Validate();
        return settings;
    }

    /// <exception cref="ParamException">A value cannot work; the text says which and what to do.</exception>
    public void Validate()
    {
        var isAddress = Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        if (OtlpEndpoint is not null && (!isAddress || uri!.UserInfo.Length > 0))
            throw new ParamException("Telemetry:OtlpEndpoint is no address such as http://collector:4317: credentials go into Telemetry:OtlpHeaders");
        if (OtlpHeaders is not null && OtlpHeaders.Split(',').Any(h => h.IndexOf('=') < 1)) throw new ParamException("Telemetry:OtlpHeaders has not the form name=value,name=value");
        if (OtlpProtocol is not ("grpc" or "http/protobuf")) throw new ParamException($"Telemetry:OtlpProtocol '{OtlpProtocol}' is neither grpc nor http/protobuf");
        if (TraceRatio is not (>= 0 and <= 1)) throw new ParamException("Telemetry:TraceRatio must be 0 to 1");
    }
}
