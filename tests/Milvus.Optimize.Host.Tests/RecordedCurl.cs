using System.Diagnostics;
using System.Globalization;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A <c>curl</c> for a shell that is the real one, and writes down what it was asked and answered.</summary>
internal sealed record RecordedCurl(string Method, string Path, int Status, string? Media, string Body)
{
    private const string Script = """
        #!/usr/bin/env bash
        call=$(mktemp "$CURL_CALLS/XXXXXXXX")
        method=GET; url=
        for ((i = 1; i <= $#; i++)); do
          case "${!i}" in
            -X) next=$((i + 1)); method=${!next} ;;
            http://*) url=${!i} ;;
          esac
        done
        printf '%s %s\n' "$method" "$url" > "$call"
        set -o pipefail
        "$REAL_CURL" "$@" -D "$call.head" | tee "$call.body"
        """;

    /// <summary>Null where the document has none.</summary>
    public ApiOperation? Operation { get; } = ApiDocument.Find(Method, Path);

    /// <summary>What is wrong with the answer; empty where it is as the document says.</summary>
    public string Fault() => Operation is null ? $"{Method} {Path} is no operation" : AnswerSchemas.Fault(Operation.Id, Status, Media, Body);

    public static void Install(string folder, ProcessStartInfo shell)
    {
        var (bin, calls) = (Directory.CreateDirectory(System.IO.Path.Combine(folder, "bin")).FullName, Directory.CreateDirectory(System.IO.Path.Combine(folder, "calls")).FullName);
        var path = shell.Environment["PATH"]!;
        var curl = System.IO.Path.Combine(bin, "curl");
        File.WriteAllText(curl, Script.ReplaceLineEndings("\n") + "\n");
        File.SetUnixFileMode(curl, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        shell.Environment["CURL_CALLS"] = calls;
        shell.Environment["REAL_CURL"] = path.Split(':').Select(p => System.IO.Path.Combine(p, "curl")).First(File.Exists);
        shell.Environment["PATH"] = $"{bin}:{path}";
    }

    public static IReadOnlyList<RecordedCurl> Calls(string folder) =>
        [.. Directory.GetFiles(System.IO.Path.Combine(folder, "calls")).Where(f => System.IO.Path.GetExtension(f).Length == 0).Select(Read)];

    private static RecordedCurl Read(string file)
    {
        var asked = File.ReadAllText(file).Trim().Split(' ', 2);
        // Of several heads the last is the answer.
        var head = File.ReadAllText($"{file}.head").Trim().Split("\r\n\r\n")[^1].Split("\r\n");
        var media = head.FirstOrDefault(h => h.StartsWith("content-type:", StringComparison.OrdinalIgnoreCase))?.Split(':', 2)[1].Split(';')[0].Trim();
        return new(asked[0], new Uri(asked[1]).AbsolutePath, int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), media, File.ReadAllText($"{file}.body"));
    }
}
