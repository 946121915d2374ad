using System.CommandLine;
using Milvus.Optimize.Client.Wire;
using Milvus.Optimize.Core.Milvus;

namespace Milvus.Optimize.Host.CommandLine;

/// <summary>Which Milvus a verb is about, and how to get in.</summary>
internal sealed class MilvusOptions
{
    private readonly Option<string?> _milvus = new("--milvus")
    {
        Description = "Address, such as http://localhost:19530 or https://milvus.example. Default MILVUS_URI; without either the built-in simulator.",
        HelpName = "URI",
    };

    private readonly Option<string?> _token = new("--token") { Description = "API key or user:password. Default MILVUS_TOKEN, which no process list shows.", HelpName = "T" };
    private readonly Option<string?> _user = new("--user") { Description = "User; the password comes from MILVUS_PASSWORD or a hidden prompt.", HelpName = "U" };
    private readonly Option<string?> _ca = new("--ca") { Description = "PEM file of the authorities that signed the server's certificate.", HelpName = "FILE" };
    private readonly Option<string?> _cert = new("--cert") { Description = "PEM file of the client's certificate, for mutual TLS.", HelpName = "FILE" };
    private readonly Option<string?> _keyFile = new("--key-file") { Description = "PEM file of that certificate's key.", HelpName = "FILE" };

    public static Option<string> Database() => new("--database")
    {
        Description = "Default: default.",
        HelpName = "DB",
        DefaultValueFactory = _ => "default",
        CustomParser = r => SharedOptions.Read(r, MilvusNames.Database),
    };

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _milvus, _token, _user, _ca, _cert, _keyFile }) command.Options.Add(option);
    }

    /// <summary>As typed.</summary>
    public RunTarget Given(ParseResult parsed) => new()
    {
        Address = parsed.GetValue(_milvus),
        Token = parsed.GetValue(_token),
        User = parsed.GetValue(_user),
        CaFile = parsed.GetValue(_ca),
        CertificateFile = parsed.GetValue(_cert),
        KeyFile = parsed.GetValue(_keyFile),
    };

    /// <summary>Whether anything of it was typed.</summary>
    public static bool IsAny(RunTarget given) => (given.Address ?? given.Token ?? given.User ?? given.CaFile ?? given.CertificateFile ?? given.KeyFile) is not null;
}
