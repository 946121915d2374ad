using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Milvus.Optimize.Simulator.Http;

/// <summary>The header of an HTTP/2 frame (RFC 9113, 4.1), and as much of frames as the rule about pings needs.</summary>
/// <param name="Type">What kind of frame it is.</param>
/// <param name="Flags">The first is ACK of a PING, and END_STREAM of DATA and HEADERS.</param>
/// <param name="Stream">0 is the connection.</param>
/// <param name="Length">Header and payload.</param>
internal readonly record struct Http2Frame(byte Type, byte Flags, int Stream, long Length)
{
    public const int HeaderLength = 9;

    /// <summary>What a client sends before its first frame.</summary>
    public const int PrefaceLength = 24;

    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Ping = 6;

    private const byte GoAwayType = 7;
    private const byte FirstFlag = 1;

    // Kestrel's own limit in both directions: what claims to be longer is no frame that it would take or send.
    private const int LongestPayload = 16_384;

    public bool IsPing => Type == Ping && !HasFirstFlag;

    public bool EndsStream => Type == ResetStream || (IsMessage && HasFirstFlag);

    /// <summary>A part of a request or of an answer.</summary>
    public bool IsMessage => Type is Data or Headers;

    private bool HasFirstFlag => (Flags & FirstFlag) != 0;

    /// <summary>The next whole frame of <paramref name="bytes"/>; what cannot be one is all there is, of no kind.</summary>
    public static bool TryRead(ReadOnlySequence<byte> bytes, out Http2Frame frame)
    {
        frame = default;
        if (bytes.Length < HeaderLength) return false;
        Span<byte> header = stackalloc byte[HeaderLength];
        bytes.Slice(0, HeaderLength).CopyTo(header);
        var payload = (header[0] << 16) | (header[1] << 8) | header[2];
        frame = payload > LongestPayload
            ? new(byte.MaxValue, 0, 0, bytes.Length)
            : new(header[3], header[4], (int)(BinaryPrimitives.ReadUInt32BigEndian(header[5..]) & int.MaxValue), HeaderLength + payload);
        return frame.Length <= bytes.Length;
    }

    /// <summary>The bytes of a GOAWAY.</summary>
    public static byte[] GoAway(int lastStream, uint error, string debugData)
    {
        var debug = Encoding.ASCII.GetBytes(debugData);
        var bytes = new byte[HeaderLength + 8 + debug.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(8 + debug.Length) << 8);
        bytes[3] = GoAwayType;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(HeaderLength), lastStream);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderLength + 4), error);
        debug.CopyTo(bytes, HeaderLength + 8);
        return bytes;
    }
}
