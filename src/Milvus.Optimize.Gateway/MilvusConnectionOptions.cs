using System.Text;

namespace Milvus.Optimize.Gateway;

/// <summary>How one Milvus cluster is reached. A value: nothing is opened before a <see cref="MilvusGateway"/> is made of it.</summary>
public sealed record MilvusConnectionOptions
{
    /// <summary>Milvus's port where an address names none.</summary>
    public const int DefaultPort = 19530;

    /// <summary>Milvus's management port where an address names none.</summary>
    public const int DefaultManagementPort = 9091;

    /// <summary><c>http://</c> without TLS, <c>https://</c> with. <see cref="MilvusAddress.Parse(string)"/> makes one of what a person types.</summary>
    public required Uri Address { get; init; }

    /// <summary>
    /// The cluster's management port (<c>http://host:9091</c>), which shows compactions of servers that do not list them otherwise (Milvus 2.5 and newer).
    /// Null asks nothing. The user and password are sent along, but never in the clear where <see cref="Address"/> is encrypted.
    /// </summary>
    public Uri? ManagementAddress { get; init; }

    /// <summary>An API key, or <c>user:password</c>. Null for none. Excludes <see cref="User"/>.</summary>
    public string? Token { get; init; }

    /// <summary>Null for none.</summary>
    public string? User { get; init; }

    /// <summary>Null for none.</summary>
    public string? Password { get; init; }

    /// <summary>PEM file of the authorities that may have signed the server's certificate; null trusts those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM file of our own certificate, for mutual TLS; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the unencrypted private key that belongs to <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name that the server's certificate must bear and that is sent as authority; null takes the host of <see cref="Address"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>Until a connection stands, TLS included. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Deadline of one read, connecting included. Default 10 s.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often one read is tried while its failures are transient. Default 4.</summary>
    public int ReadAttempts { get; init; } = 4;

    /// <summary>Pause before the second try; it doubles each time and is jittered by a quarter. Default 100 ms.</summary>
    public TimeSpan ReadBackOff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long sent bytes may stay unacknowledged before the kernel gives the connection up (Linux), so that a partition cannot deliver them
    /// later. Default 10 s.
    /// </summary>
    public TimeSpan TcpUserTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Refuses what cannot work, and says what to do instead.</summary>
    /// <exception cref="ArgumentException">A value is missing, contradicts another or names a file that is not there.</exception>
    public void Validate()
    {
        Require(Address is { IsAbsoluteUri: true } && (IsTls || Address.Scheme == Uri.UriSchemeHttp),
            "Address must be absolute and begin with http:// or https://, such as http://localhost:19530.");
        Require(string.IsNullOrEmpty(Address.UserInfo), "Address must not carry credentials: put them into Token, or into User and Password.");
        Require(ManagementAddress is null || (ManagementAddress.IsAbsoluteUri && ManagementAddress is { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/" }),
            "ManagementAddress must be absolute, begin with http:// or https:// and carry neither credentials nor a path, such as http://localhost:9091.");
        Require(Token is null || (User is null && Password is null), "Set either Token, or User and Password, not both.");
        Require(User is null == Password is null, "User and Password go together: set both or neither.");
        Require(CertificateFile is null == KeyFile is null, "CertificateFile and KeyFile go together: set both or neither.");
        Require(IsTls || (CaFile ?? CertificateFile ?? ServerName) is null,
            "CaFile, CertificateFile, KeyFile and ServerName need TLS: give an https:// address or leave them out.");
        foreach (var file in new[] { CaFile, CertificateFile, KeyFile })
            Require(file is null || File.Exists(file), $"The file {file} does not exist or cannot be read: correct its path.");
        Require(ReadAttempts is >= 1 and <= 100, "ReadAttempts must be 1 to 100.");
        foreach (var (name, span) in new[] { (nameof(ConnectTimeout), ConnectTimeout), (nameof(CallTimeout), CallTimeout), (nameof(TcpUserTimeout), TcpUserTimeout) })
            Require(span > TimeSpan.Zero && span <= TimeSpan.FromHours(1), $"{name} must be above 0 and at most one hour.");
        Require(ReadBackOff >= TimeSpan.Zero && ReadBackOff <= TimeSpan.FromMinutes(1), "ReadBackOff must be 0 to one minute.");
    }

    internal bool IsTls => Address.Scheme == Uri.UriSchemeHttps;

    // A record prints every property; this one holds secrets, so it prints only what tells one server from another.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Address = ").Append(Address?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        if (ManagementAddress is not null) builder.Append(", ManagementAddress = ").Append(ManagementAddress.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        builder.Append(", Credentials = ").Append((Token ?? User) is null ? "none" : "set");
        builder.Append(", CaFile = ").Append(CaFile).Append(", CertificateFile = ").Append(CertificateFile).Append(", ServerName = ").Append(ServerName);
        return true;
    }

    private static void Require(bool condition, string whatToDo)
    {
        if (!condition) throw new ArgumentException(whatToDo);
    }
}
