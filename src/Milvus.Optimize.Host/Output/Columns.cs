using System.Text;

namespace Milvus.Optimize.Host.Output;

/// <summary>Rows as columns of one width, one row a line, so that grep and awk read them too.</summary>
internal static class Columns
{
    public static string Of(IReadOnlyCollection<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows.First().Length).Select(i => rows.Max(r => r[i].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows) text.AppendLine(string.Join("  ", row.Select((cell, i) => OneLine(cell).PadRight(widths[i]))).TrimEnd());
        return text.ToString();
    }

    private static string OneLine(string cell) => cell.ReplaceLineEndings(" ");
}
