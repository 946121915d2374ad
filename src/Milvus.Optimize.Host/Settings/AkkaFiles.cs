using Akka.Configuration;
using Milvus.Optimize.Core.Runs;

namespace Milvus.Optimize.Host.Settings;

/// <summary>Reads files of Akka's settings.</summary>
internal static class AkkaFiles
{
    /// <summary>The one that every node has, beside the program.</summary>
    public static string Common => Path.Combine(AppContext.BaseDirectory, "cluster.hocon");

    /// <exception cref="ParamException">The file cannot be read, is malformed, or sets something else than <c>akka.*</c>.</exception>
    public static Config Read(string file)
    {
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(File.ReadAllText(file));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ParamException($"{file} cannot be read as HOCON: {e.Message}");
        }

        var others = config.IsEmpty ? [] : config.Root.GetObject().Items.Keys.Where(k => k != "akka").ToList();
        // The addresses of the seed nodes would not fit it.
        if (config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl")) throw new ParamException($"{file} turns TLS on: give Akka:Tls its three files instead");
        return others.Count == 0 ? config : throw new ParamException($"{file} sets {string.Join(", ", others)}: only akka.* belongs there, all else is in Milvus:Optimize");
    }
}
