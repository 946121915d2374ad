using Microsoft.Extensions.Configuration;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Management.Security;

namespace Milvus.Optimize.Host.Settings;

/// <summary>Tokens of a node without a file: <c>Milvus__Optimize__Management__Jwt__Authority</c> and its neighbours in the environment.</summary>
internal static class JwtSettings
{
    /// <summary>Null where none is set.</summary>
    /// <exception cref="ParamException">A value is unknown or cannot work.</exception>
    public static JwtOptions? FromEnvironment()
    {
        var section = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection($"{NodeSettings.Section}:Management:Jwt");
        try
        {
            var options = section.Get<JwtOptions>(o => o.ErrorOnUnknownConfiguration = true);
            options?.Validate();
            return options;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ParamException(e.Message);
        }
    }
}
