using System.Buffers.Binary;
using System.Text;

namespace Milvus.Optimize.Judge;

/// <summary>
/// A protobuf message, read by field numbers alone: what the judge believes of the journal comes from events.proto as a person reads it, not from the
/// product's generated code.
/// </summary>
public sealed class WireMessage
{
    private readonly List<(int Number, ulong Value, byte[]? Bytes)> _fields = [];

    private WireMessage() { }

    /// <exception cref="FormatException">These bytes are no message.</exception>
    public static WireMessage Read(ReadOnlySpan<byte> bytes)
    {
        var message = new WireMessage();
        var at = 0;
        while (at < bytes.Length)
        {
            var tag = Varint(bytes, ref at);
            var number = (int)(tag >> 3);
            message._fields.Add((tag & 7) switch
            {
                0 => (number, Varint(bytes, ref at), null),
                1 => (number, BinaryPrimitives.ReadUInt64LittleEndian(Take(bytes, ref at, 8)), null),
                2 => (number, 0, Take(bytes, ref at, checked((int)Varint(bytes, ref at))).ToArray()),
                5 => (number, BinaryPrimitives.ReadUInt32LittleEndian(Take(bytes, ref at, 4)), null),
                _ => throw new FormatException($"field {number} has an unknown wire type"),
            });
        }

        return message;
    }

    /// <summary>The same with one more of a repeated field.</summary>
    public WireMessage With(int field, byte[] bytes)
    {
        var more = new WireMessage();
        more._fields.AddRange([.. _fields, (field, 0, bytes)]);
        return more;
    }

    /// <summary>The last value of a number field; 0 where it was not sent.</summary>
    public long Number(int field) => _fields.Where(f => f.Number == field && f.Bytes is null).Select(f => (long)f.Value).LastOrDefault();

    public bool Flag(int field) => Number(field) != 0;

    public string Text(int field) => _fields.Where(f => f.Number == field && f.Bytes is not null).Select(f => Encoding.UTF8.GetString(f.Bytes!)).LastOrDefault("");

    public WireMessage Message(int field) => Messages(field).LastOrDefault() ?? new WireMessage();

    public IEnumerable<WireMessage> Messages(int field) => _fields.Where(f => f.Number == field && f.Bytes is not null).Select(f => Read(f.Bytes!));

    /// <summary>Every value of a repeated number, packed or not.</summary>
    public IEnumerable<long> Numbers(int field)
    {
        foreach (var (number, value, bytes) in _fields.Where(f => f.Number == field))
        {
            if (bytes is null) yield return (long)value;
            for (var at = 0; bytes is not null && at < bytes.Length;) yield return (long)Varint(bytes, ref at);
        }
    }

    private static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes, ref int at, int length)
    {
        if (length < 0 || at + length > bytes.Length) throw new FormatException("the bytes end in the middle of a field");
        at += length;
        return bytes.Slice(at - length, length);
    }

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at >= bytes.Length) throw new FormatException("the bytes end in the middle of a number");
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new FormatException("a number has too many bytes");
    }
}
