using Microsoft.Extensions.Configuration;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Settings;

/// <summary>
/// What stands around the address of a node without a file: <c>Milvus__Optimize__Management__AllowedHosts__0</c> and <c>...__KnownProxies__0</c> and so on in the
/// environment, and the tokens of <see cref="JwtSettings"/>.
/// </summary>
internal static class DoorSettings
{
    /// <exception cref="ParamException">A value cannot work.</exception>
    public static Serving FromEnvironment(Serving serving)
    {
        var section = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection($"{NodeSettings.Section}:Management");
        return serving with
        {
            Jwt = JwtSettings.FromEnvironment(),
            AllowedHosts = section.GetSection(nameof(ManagementSettings.AllowedHosts)).Get<string[]>() ?? [],
            Proxies = KnownProxies.Of(section.GetSection(nameof(ManagementSettings.KnownProxies)).Get<string[]>() ?? []),
        };
    }
}
