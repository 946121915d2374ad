using System.Collections.Immutable;
using System.Reflection;
using System.Xml.Linq;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Structure.Tests;

/// <summary>One project of src/: what its file asks for, and what its compiled assembly really uses.</summary>
internal sealed record SourceProject(string Name, ImmutableArray<string> Projects, ImmutableArray<string> Packages, ImmutableArray<string> Assemblies)
{
    private const string Prefix = "Milvus.Optimize.";

    public static ImmutableArray<SourceProject> All { get; } =
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Read).OrderBy(p => p.Name, StringComparer.Ordinal)];

    /// <summary>Ours among the assemblies that it uses, by the short name.</summary>
    public IEnumerable<string> UsedProjects => Assemblies.Where(a => a.StartsWith(Prefix, StringComparison.Ordinal)).Select(a => a[Prefix.Length..]);

    private static SourceProject Read(string folder)
    {
        var file = Directory.GetFiles(folder, "*.csproj").Single();
        var project = XDocument.Load(file);
        var name = Path.GetFileNameWithoutExtension(file);
        return new(name[Prefix.Length..],
            [.. Includes(project, "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/'))[Prefix.Length..])],
            [.. Includes(project, "PackageReference")],
            [.. Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, (project.Descendants("AssemblyName").SingleOrDefault()?.Value ?? name) + ".dll"))
                .GetReferencedAssemblies().Select(a => a.Name!)]);
    }

    private static IEnumerable<string> Includes(XDocument project, string item) => project.Descendants(item).Select(e => e.Attribute("Include")!.Value);
}
