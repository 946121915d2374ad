namespace Milvus.Optimize.Gateway.Tests;

public sealed class TriggerPermitTests
{
    [Fact]
    public void A_second_serialisation_throws_and_the_first_stays_unknown()
    {
        var permit = new TriggerPermit(new CountingPermit());
        permit.Use();
        Assert.Throws<IOException>(permit.Use);
        Assert.Null(permit.Close());
    }

    [Fact]
    public void After_the_call_was_judged_unsent_nothing_can_be_sent()
    {
        var asked = new CountingPermit();
        var permit = new TriggerPermit(asked);
        Assert.Equal("", permit.Close());
        Assert.Throws<IOException>(permit.Use);
        Assert.Equal(0, asked.Asked);
    }

    [Fact]
    public async Task Of_a_writer_and_a_judge_at_once_never_both_win()
    {
        for (var i = 0; i < 2000; i++)
        {
            var permit = new TriggerPermit(new CountingPermit());
            using var start = new Barrier(2);
            var writes = Task.Run(() =>
            {
                start.SignalAndWait();
                try
                {
                    permit.Use();
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            });
            start.SignalAndWait();
            var judgedUnsent = permit.Close() is not null;
            Assert.NotEqual(judgedUnsent, await writes);
        }
    }

    [Fact]
    public async Task A_content_that_may_not_write_writes_nothing()
    {
        using var content = new FrozenContent([1, 2, 3], () => throw new IOException("no"));
        using var written = new MemoryStream();
        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(written));
        Assert.Equal(0, written.Length);
    }
}
