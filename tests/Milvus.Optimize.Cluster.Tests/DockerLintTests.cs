using System.ComponentModel;
using System.Diagnostics;
using Milvus.Optimize.Contracts.Tests;

namespace Milvus.Optimize.Cluster.Tests;

/// <summary>docker/ before the eyes of the usual tools, none of which needs an engine, where this machine has them. docs/evidence/cluster.md says what they found elsewhere.</summary>
public sealed class DockerLintTests : IDisposable
{
    private const string Yaml = "{extends: default, rules: {document-start: disable, line-length: {max: 200}, braces: {max-spaces-inside: 1}}}";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("compose-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ToolFact("docker compose version --short", "docker-compose version --short")]
    public async Task Compose_reads_its_file()
    {
        // The client may be there without its compose part; the first generation is a program of its own, and does not know that a project may have a name.
        string[] compose = (await ToolAsync("docker", "compose", "version")).Code == 0 ? ["docker", "compose"] : ["docker-compose"];
        var old = (await ToolAsync(compose[0], [.. compose[1..], "version", "--short"])).Said.StartsWith("1.", StringComparison.Ordinal);
        var lines = Repository.Read("docker/compose.yaml").Split('\n').Where(l => !old || !l.StartsWith("name:", StringComparison.Ordinal));
        var file = Path.Combine(_folder.FullName, "compose.yaml");
        await File.WriteAllLinesAsync(file, lines);
        await PassesAsync(compose[0], [.. compose[1..], "-f", file, "config", "--quiet"]);
    }

    [ToolFact("dclint --version")]
    public Task Dclint_has_nothing_against_it() => PassesAsync("dclint", "-c", "docker/.dclintrc.yaml", "--max-warnings", "0", "docker/compose.yaml");

    [ToolFact("yamllint --version")]
    public Task Yamllint_has_nothing_against_the_folder() => PassesAsync("yamllint", "--strict", "-d", Yaml, "docker");

    [ToolFact("dockerfile-utils --version")]
    public Task Dockerfile_utils_has_nothing_against_the_image() => PassesAsync("dockerfile-utils", "lint", "docker/Dockerfile");

    private static async Task PassesAsync(string tool, params string[] arguments)
    {
        var (code, said) = await ToolAsync(tool, arguments);
        Assert.True(code == 0, $"{tool} ended with {code}: {said}");
    }

    internal static async Task<(int Code, string Said)> ToolAsync(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["POSTGRES_PASSWORD"] = "of-a-test";
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(over.Token), process.StandardError.ReadToEndAsync(over.Token));
            await process.WaitForExitAsync(over.Token);
            return (process.ExitCode, await said + await errors);
        }
        catch (Win32Exception missing)
        {
            return (127, missing.Message);
        }
        catch (OperationCanceledException)
        {
            process!.Kill(entireProcessTree: true);
            return (124, "no answer within two minutes");
        }
        finally
        {
            process?.Dispose();
        }
    }
}

/// <summary>A test that needs a program, and is skipped where none of those answers that would do.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] questions) =>
        Skip = questions.Any(q => DockerLintTests.ToolAsync(q.Split(' ')[0], q.Split(' ')[1..]).GetAwaiter().GetResult().Code == 0) ? null : $"this machine has no {string.Join(", and no ", questions)}";
}
