using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>
/// Stands between a connection and Kestrel, which bears any number of pings and has no setting for it: whole frames pass in both directions, and a client that
/// breaks the rule gets a GOAWAY behind the last frame that went out, and the end of the connection.
/// </summary>
internal sealed class PingGuard(ConnectionContext connection, PingRule rule)
{
    private const uint EnhanceYourCalm = 0xb;

    private readonly IDuplexPipe _client = connection.Transport;
    private readonly Pipe _received = new();
    private readonly Pipe _sent = new();
    private volatile bool _isBroken;

    public async Task PassAsync(ConnectionDelegate next)
    {
        connection.Transport = new Inside(_received.Reader, _sent.Writer);
        var sending = SendAsync();
        var receiving = ReceiveAsync(sending);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = _client;
            await _sent.Writer.CompleteAsync();
            await sending;
            _client.Input.CancelPendingRead();
            await _received.Reader.CompleteAsync();
            await receiving;
        }
    }

    private async Task ReceiveAsync(Task sending)
    {
        Exception? lost = null;
        try
        {
            var isOver = false;
            for (var preface = Http2Frame.PrefaceLength; !isOver;)
            {
                var read = await _client.Input.ReadAsync();
                var whole = Whole(read, preface, rule.Receive);
                if (whole.Length > 0) preface = 0;
                Copy(whole, _received.Writer);
                _client.Input.AdvanceTo(whole.End, read.Buffer.End);
                isOver = (await _received.Writer.FlushAsync()).IsCompleted || read.IsCompleted || read.IsCanceled || _isBroken;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            lost = error;
        }

        if (_isBroken)
        {
            // Before Kestrel hears of the end and says one of its own.
            _sent.Reader.CancelPendingRead();
            await sending;
        }

        await _received.Writer.CompleteAsync(lost);
    }

    private async Task SendAsync()
    {
        Exception? lost = null;
        try
        {
            for (var isOver = false; !isOver;)
            {
                var read = await _sent.Reader.ReadAsync();
                var whole = Whole(read, 0, rule.Send);
                Copy(whole, _client.Output);
                _sent.Reader.AdvanceTo(whole.End, read.Buffer.End);
                isOver = (await _client.Output.FlushAsync()).IsCompleted || read.IsCompleted || _isBroken;
            }

            if (_isBroken)
            {
                await _client.Output.WriteAsync(Http2Frame.GoAway(rule.LastStream, EnhanceYourCalm, "too_many_pings"));
                await _client.Output.CompleteAsync();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            lost = error;
        }

        await _sent.Reader.CompleteAsync(lost);
    }

    /// <summary>As many whole frames as there are, each shown to the rule, up to one that breaks it; at the end whatever is left.</summary>
    private ReadOnlySequence<byte> Whole(ReadResult read, int preface, Func<Http2Frame, bool> show)
    {
        var bytes = read.Buffer;
        long length = preface;
        lock (rule)
        {
            while (length <= bytes.Length && Http2Frame.TryRead(bytes.Slice(length), out var frame))
            {
                if (show(frame))
                {
                    _isBroken = true;
                    return bytes.Slice(0, length);
                }

                length += frame.Length;
            }
        }

        return read.IsCompleted ? bytes : bytes.Slice(0, length <= bytes.Length ? length : 0);
    }

    private static void Copy(ReadOnlySequence<byte> bytes, PipeWriter to)
    {
        foreach (var part in bytes) to.Write(part.Span);
    }

    private sealed record Inside(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
