using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// A folder outside of the repository, with a feed in it and a packages folder of its own. Packages of others come from where this machine has them already; ours
/// have a version that no other folder can have.
/// </summary>
internal sealed class PackageFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    public PackageFolder()
    {
        Directory.CreateDirectory(Feed);
        Place("tool");
        var had = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(_folder.File("nuget.config"), $"""
            <configuration>
              <packageSources><add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><add key="had" value="{had}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():n}";

    public string Feed => _folder.File("feed");

    /// <summary>Ends a wait that would else never end.</summary>
    public CancellationTokenSource Over { get; } = new(TimeSpan.FromMinutes(8));

    // As these tests were built: there is nothing else to pack without a build.
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>A new folder in this one.</summary>
    public string Place(string name) => Directory.CreateDirectory(_folder.File(name)).FullName;

    public Task<string> PackAsync() => DotnetAsync(
        Repository.Root, "pack", "Milvus.Optimize.Actors.sln", "--no-build", "-c", Configuration, "-o", Feed, $"-p:Version={Version}", "--nologo", "-v", "quiet");

    /// <summary>The packages that came out, with what their descriptions say.</summary>
    public IReadOnlyDictionary<string, Package> Packages() =>
        Directory.GetFiles(Feed).Select(Package.Read).ToDictionary(p => p.Id, StringComparer.Ordinal);

    public Task<string> DotnetAsync(string folder, params string[] arguments) => RunAsync("dotnet", folder, arguments);

    /// <summary>What it printed; it must end with 0.</summary>
    public async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        var (process, said) = Start(program, folder, arguments);
        await process.WaitForExitAsync(Over.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {said()}");
        return said();
    }

    public (Process Process, Func<string> Said) Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.Combine(_folder.Path, folder), RedirectStandardOutput = true, RedirectStandardError = true };

        // What the runner of the tests says to its own processes is not meant for another SDK call.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // Where the SDK is not in a usual place, a tool must be told of it.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["Milvus__Optimize__SettleWindow"] = "00:00:00.5";
        if (Path.IsPathRooted(folder) is false) start.Environment["NUGET_PACKAGES"] = _folder.File("packages");
        var said = new StringBuilder();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return (process, Said);

        string Said()
        {
            lock (said) return said.ToString();
        }

        void Add(string? line)
        {
            lock (said) said.AppendLine(line);
        }
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Over.Dispose();
        _folder.Dispose();
    }

    /// <summary>One package file.</summary>
    internal sealed record Package(string Id, XElement Metadata, IReadOnlyList<string> Files)
    {
        public IEnumerable<string> Dependencies => Metadata.Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => (string)e.Attribute("id")!);

        /// <summary>Those of this repository, without their common beginning.</summary>
        public string OurDependencies => string.Join(' ', Dependencies.Where(d => d.StartsWith(Prefix, StringComparison.Ordinal)).Select(d => d[Prefix.Length..]).Order(StringComparer.Ordinal));

        private const string Prefix = "Milvus.Optimize.";

        public string? this[string name] => Metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;

        public static Package Read(string file)
        {
            using var zip = ZipFile.OpenRead(file);
            using var text = zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
            var metadata = XDocument.Load(text).Root!.Elements().First();
            return new(metadata.Elements().Single(e => e.Name.LocalName == "id").Value, metadata, [.. zip.Entries.Select(e => e.FullName)]);
        }
    }
}
