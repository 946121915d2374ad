using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Settings;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What a node of a cluster is told: where it comes from, what is refused, and that its print holds no secret.</summary>
public sealed class NodeSettingsTests : IDisposable
{
    private const string Good = """
        { "Milvus": { "Optimize": {
          "SettleWindow": "00:00:20",
          "Storage": { "PostgreSql": "Host=db;Database=optimize;Username=optimize;Password=sesame" },
          "Akka": { "Port": 8111, "SeedNodes": ["a:8110", "b:8110"] },
          "Clusters": { "prod": { "Address": "https://milvus:19530", "Token": "root:Milvus" }, "test": { "Address": "milvus", "User": "u", "Password": "swordfish" } } } } }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_command_line_wins_over_the_environment_over_the_file()
    {
        Environment.SetEnvironmentVariable("Milvus__Optimize__Akka__BindPort", "1");
        try
        {
            Assert.Equal((8111, 1), Ports(Read(Good)));
            Assert.Equal((9, 2), Ports(Read(Good, "Akka:Port=9", "Akka:BindPort=2")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Milvus__Optimize__Akka__BindPort", null);
        }

        static (int, int?) Ports(NodeSettings s) => (s.Akka.Port, s.Akka.BindPort);
    }

    [Theory]
    [InlineData("SetleWindow=00:00:01", "SetleWindow")]
    [InlineData("SettleWindow=soon", "SettleWindow")]
    [InlineData("ReadsPerSecond=0", "ReadsPerSecond must be at least 1")]
    [InlineData("Budgets:SendWithin=00:00:00", "Budgets.SendWithin must be positive")]
    [InlineData("Storage:PostgreSql=", "PostgreSql")]
    [InlineData("Storage:PostgresSql=Host=db", "PostgresSql")]
    [InlineData("Storage:PostgreSql=Host=db;Sesame=open", "no connection string")]
    [InlineData("Akka:Host=0.0.0.0", "Akka:BindHost")]
    [InlineData("Akka:Port=70000", "1 to 65535")]
    [InlineData("Akka:SeedNodes:0=a", "'a' is no host:port")]
    [InlineData("Akka:Roles:0=a b", "'a b' is no role")]
    [InlineData("Akka:Files:0=nowhere.hocon", "there is no file nowhere.hocon")]
    [InlineData("Management:Listen=http://0.0.0.0:80", "keys would travel readable")]
    [InlineData("Management:Listen=https://127.0.0.1:80", "CertificateFile")]
    [InlineData("Management:Listen=http://optimize:80", "no IP address")]
    [InlineData("Akka:Tls:CaFile=ca.pem", "Akka:Tls needs all of")]
    [InlineData("Akka:Tls:Certificate=a.pem", "Certificate")]
    [InlineData("Clusters:Prod_2:Address=a", "Invalid cluster name: 'Prod_2'")]
    [InlineData("Clusters:prod:Address=ftp://a", "Clusters:prod: 'ftp' is no scheme")]
    [InlineData("Clusters:prod:ManagementAddress=http://a:9091/api", "Clusters:prod: 'http://a:9091/api' has a path")]
    [InlineData("Clusters:prod:TokenFile=t", "Token or TokenFile")]
    [InlineData("Clusters:prod:Adress=a", "Adress")]
    public void What_cannot_work_is_named(string set, string why) => Assert.Contains(why, Assert.ThrowsAny<ParamException>(() => Read(Good, set)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{ \"Milvus\": ", "node.json")]
    [InlineData("{}", "Storage:PostgreSql is missing")]
    public void A_file_that_cannot_work_is_named(string json, string why) => Assert.Contains(why, Assert.ThrowsAny<ParamException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_secret_may_come_from_a_file()
    {
        var file = Path.Combine(_folder.Path, "token");
        File.WriteAllText(file, "apikey\n");
        Assert.Equal("apikey", Read(Good, "Clusters:more:Address=c", $"Clusters:more:TokenFile={file}").Connections()[new("more")].Token);
    }

    [Fact]
    public void One_budget_that_is_set_leaves_the_others_and_every_other_node_as_they_are()
    {
        Assert.Equal(SendBudgets.Default with { CallTimeout = TimeSpan.FromSeconds(20) }, Read(Good, "Budgets:CallTimeout=00:00:20").Optimize.Budgets);
        Assert.Equal(OptimizePolicy.Default with { MaxRounds = 2 }, Read(Good, "Policy:MaxRounds=2").Optimize.Policy);
        Assert.Equal(TimeSpan.FromSeconds(40), Read(Good).Optimize.Budgets.Total);
        Assert.Equal(5, Read(Good).Optimize.Policy.MaxRounds);
    }

    [Fact]
    public void The_management_port_is_asked_where_it_is_named_alone()
    {
        var connections = Read(Good, "Clusters:more:Address=c", "Clusters:more:ManagementAddress=c").Connections();
        Assert.Equal(new Uri("http://c:9091"), connections[new("more")].ManagementAddress);
        Assert.Null(connections[new("prod")].ManagementAddress);
    }

    [Fact]
    public void The_print_has_every_setting_and_no_secret()
    {
        var lines = EffectiveSettings.Lines(Read(Good)).ToList();
        Assert.Contains("Milvus:Optimize:SettleWindow = 00:00:20", lines);
        Assert.Contains("Milvus:Optimize:MaxTriggers = 4", lines);
        Assert.Contains("Milvus:Optimize:Akka:SeedNodes:1 = b:8110", lines);
        Assert.Contains("Milvus:Optimize:Clusters:prod:Token = ***", lines);
        Assert.DoesNotContain(lines, l => l.Contains("sesame", StringComparison.Ordinal) || l.Contains("swordfish", StringComparison.Ordinal) || l.Contains("root:Milvus", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("akka.loglevel = debug", null)]
    [InlineData("akka.loglevel = debug\nmilvus.a = 1", "sets milvus")]
    [InlineData("akka { a { b = 1 },\n c = 1 }", "cannot be read as HOCON")]
    public void Files_of_Akkas_settings_hold_nothing_else(string text, string? why)
    {
        var file = Path.Combine(_folder.Path, "a.hocon");
        File.WriteAllText(file, text);
        if (why is null) Assert.Equal("debug", AkkaFiles.Read(file).GetString("akka.loglevel"));
        else Assert.Contains(why, Assert.ThrowsAny<ParamException>(() => AkkaFiles.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_common_file_has_a_reason_above_every_setting()
    {
        var lines = File.ReadAllLines(AkkaFiles.Common);
        Assert.False(AkkaFiles.Read(AkkaFiles.Common).IsEmpty);
        var unexplained = lines.Where((l, i) => l.Contains(" = ", StringComparison.Ordinal) && !l.TrimStart().StartsWith('#') && !Explained(i)).ToList();
        Assert.Empty(unexplained);

        // A reason may stand above two or three lines that belong together.
        bool Explained(int i) => Enumerable.Range(1, 3).Any(back => i >= back && lines[i - back].TrimStart().StartsWith('#'));
    }

    private NodeSettings Read(string json, params string[] set)
    {
        var file = Path.Combine(_folder.Path, "node.json");
        File.WriteAllText(file, json);
        return NodeSettings.Read(file, set);
    }
}
