using System.Text;

namespace Milvus.Optimize.Host.Tests;

/// <summary>What a command wrote, and when it wrote it.</summary>
internal sealed class WatchedWriter : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _awaited = [];

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Append(value.ToString());

    public override void Write(string? value) => Append(value ?? "");

    public override void Write(char[] buffer, int index, int count) => Append(new(buffer, index, count));

    /// <summary>Completes once the text stands there; fails after 20 s.</summary>
    public Task Line(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
        {
            if (_text.ToString().Contains(text, StringComparison.Ordinal)) return Task.CompletedTask;
            _awaited.Add((text, seen));
        }

        return seen.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public override string ToString()
    {
        lock (_text) return _text.ToString();
    }

    private void Append(string text)
    {
        lock (_text)
        {
            _text.Append(text);
            if (_awaited.Count == 0) return;
            var all = _text.ToString();
            foreach (var (awaited, seen) in _awaited.Where(a => all.Contains(a.Text, StringComparison.Ordinal))) seen.TrySetResult();
        }
    }
}
