using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Gateway;

namespace Milvus.Optimize.Host.Settings;

/// <summary>One Milvus cluster, section <c>Milvus:Optimize:Clusters:NAME</c>. Its name stands in every run's id: one name per server, the same on every node.</summary>
internal sealed record MilvusSettings
{
    /// <summary><c>host:port</c>, <c>http://host:port</c> or <c>https://host:port</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>The cluster's port 9091, written as <see cref="Address"/>; null asks it nothing.</summary>
    public string? ManagementAddress { get; init; }

    public string? Token { get; init; }

    /// <summary>File whose first line is the token.</summary>
    public string? TokenFile { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>File whose first line is the password.</summary>
    public string? PasswordFile { get; init; }

    public string? CaFile { get; init; }

    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    public string? ServerName { get; init; }

    /// <exception cref="ParamException">A value cannot work; the text says which and what to do.</exception>
    public MilvusConnectionOptions Connection(string name)
    {
        try
        {
            if (Token is not null && TokenFile is not null) throw new ParamException("give Token or TokenFile, not both");
            if (Password is not null && PasswordFile is not null) throw new ParamException("give Password or PasswordFile, not both");
            var options = new MilvusConnectionOptions
            {
                Address = MilvusAddress.Parse(Address), Token = Token ?? FirstLine(TokenFile), User = User, Password = Password ?? FirstLine(PasswordFile),
                ManagementAddress = ManagementAddress is null ? null : MilvusAddress.Parse(ManagementAddress, MilvusConnectionOptions.DefaultManagementPort),
                CaFile = CaFile, CertificateFile = CertificateFile, KeyFile = KeyFile, ServerName = ServerName,
            };
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is ArgumentException or ParamException or IOException or UnauthorizedAccessException)
        {
            throw new ParamException($"Clusters:{name}: {e.Message}");
        }
    }

    private static string? FirstLine(string? file) => file is null ? null : File.ReadLines(file).FirstOrDefault() ?? throw new ParamException($"the file {file} is empty");
}
