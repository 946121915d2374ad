using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;
using Milvus.Optimize.Host.Output;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Makes the target of a request from options and environment. Options win; what contradicts itself is refused.</summary>
internal static class Targeting
{
    /// <param name="given">As typed; null members were not.</param>
    /// <param name="variable">Of the environment.</param>
    /// <param name="askPassword">Asks a person without echo; null where nobody sits there.</param>
    /// <exception cref="ParamException">The options contradict each other, or something is missing.</exception>
    public static RunTarget Of(RunTarget given, Func<string, string?> variable, Func<string, string>? askPassword)
    {
        var address = given.Address ?? Set(variable("MILVUS_URI"));
        if (address is null)
        {
            if ((given.Token ?? given.User ?? given.CaFile ?? given.CertificateFile ?? given.KeyFile) is not null)
                throw new ParamException("--token, --user, --ca, --cert and --key-file belong to a Milvus: give --milvus or set MILVUS_URI");
            return new() { Simulator = true };
        }

        if (given is { Token: not null, User: not null }) throw new ParamException("give --token or --user, not both");
        var target = new RunTarget
        {
            Address = Parsed(address),
            User = given.User,
            Token = given.Token ?? (given.User is null ? Set(variable("MILVUS_TOKEN")) : null),
            Password = given.User is null ? null : Password(given.User, variable, askPassword),
            CaFile = Full(given.CaFile),
            CertificateFile = Full(given.CertificateFile),
            KeyFile = Full(given.KeyFile),
        };
        Check(target);
        return target;
    }

    private static string Password(string user, Func<string, string?> variable, Func<string, string>? askPassword) =>
        Set(variable("MILVUS_PASSWORD")) ?? askPassword?.Invoke(user)
        ?? throw new ParamException($"no password for {user}: set MILVUS_PASSWORD, or run this on a terminal to be asked");

    private static string Parsed(string address)
    {
        try
        {
            return MilvusAddress.Parse(address).ToString();
        }
        catch (ArgumentException e)
        {
            throw new ParamException(Plain.Text(e));
        }
    }

    /// <summary>How a target that is no simulator is reached.</summary>
    public static MilvusConnectionOptions Connection(RunTarget target) => new()
    {
        Address = new(target.Address!),
        Token = target.Token,
        User = target.User,
        Password = target.Password,
        CaFile = target.CaFile,
        CertificateFile = target.CertificateFile,
        KeyFile = target.KeyFile,
    };

    // The gateway's own rules, before any node is asked.
    private static void Check(RunTarget target)
    {
        try
        {
            Connection(target).Validate();
        }
        catch (ArgumentException e)
        {
            throw new ParamException(Plain.Text(e));
        }
    }

    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);

    private static string? Set(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
