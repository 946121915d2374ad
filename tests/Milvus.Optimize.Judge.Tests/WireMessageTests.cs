namespace Milvus.Optimize.Judge.Tests;

/// <summary>Bytes written by hand from the encoding's description.</summary>
public sealed class WireMessageTests
{
    [Fact]
    public void Numbers_texts_and_messages_are_read_by_their_field_numbers()
    {
        var message = WireMessage.Read([0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69, 0x1a, 0x02, 0x08, 0x01]);
        Assert.Equal((150L, "hi", 1L, 0L, ""), (message.Number(1), message.Text(2), message.Message(3).Number(1), message.Number(9), message.Text(9)));
    }

    [Fact]
    public void Repeated_numbers_are_read_packed_or_not() => Assert.Equal([1L, 150, 3], WireMessage.Read([0x08, 0x01, 0x0a, 0x03, 0x96, 0x01, 0x03]).Numbers(1));

    [Theory]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x12, 0x05, 0x68 })]
    [InlineData(new byte[] { 0x0b })]
    [InlineData(new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public void Bytes_that_are_no_message_are_refused(byte[] bytes) => Assert.Throws<FormatException>(() => WireMessage.Read(bytes));
}
