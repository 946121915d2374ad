using System.Data.Common;
using System.Net.Sockets;
using Milvus.Optimize.Contracts.Runs;

namespace Milvus.Optimize.Contracts.Tests;

/// <summary>What answers say of a database's faults: the kind, never the text.</summary>
public sealed class SafeReasonTests
{
    private const string Text = "Failed to connect to db.internal:5432 as optimize";

    [Theory]
    [InlineData("28P01", "authentication failed (SQLSTATE 28P01)", false)]
    [InlineData("42501", "permission denied (SQLSTATE 42501)", false)]
    [InlineData("53100", "disk full (SQLSTATE 53100)", true)]
    [InlineData("53300", "too many connections (SQLSTATE 53300)", true)]
    [InlineData("57P03", "it stops or starts (SQLSTATE 57P03)", true)]
    [InlineData("25006", "it takes no writes (SQLSTATE 25006)", true)]
    [InlineData("08006", "connection failed (SQLSTATE 08006)", true)]
    [InlineData("22021", "it reports an error (SQLSTATE 22021)", false)]
    [InlineData("db.internal", "it reports an error", false)]
    public void A_code_of_the_database_is_told_in_our_words(string state, string reason, bool passing)
    {
        Assert.Equal(reason, SafeReason.Of(new Fault(state)));
        Assert.Equal(reason, SafeReason.Of(new AggregateException(new InvalidOperationException(Text, new Fault(state)))));
        Assert.Equal(passing, SafeReason.IsPassing(new Fault(state)));
        Assert.Equal(state == "42501", SafeReason.IsDenied(new InvalidOperationException(Text, new Fault(state))));
    }

    public static TheoryData<Exception, string> Faults => new()
    {
        { new Fault(null, new SocketException((int)SocketError.ConnectionRefused)), "connection refused" },
        { new Fault(null, new SocketException((int)SocketError.HostNotFound)), "its host's name is not known" },
        { new Fault(null, new TimeoutException(Text)), "no answer in time" },
        { new Fault(null, new EndOfStreamException(Text)), "connection cut" },
        { new OperationCanceledException(Text), "no answer in time" },
        { new IOException(Text, 28), "disk full" },
        { new Fault(null), "its driver reports Fault" },
        { new InvalidOperationException(Text), "InvalidOperationException" },
    };

    [Theory, MemberData(nameof(Faults))]
    public void A_fault_on_the_way_is_told_by_its_kind(Exception cause, string reason)
    {
        Assert.Equal(reason, SafeReason.Of(cause));
        Assert.DoesNotContain("db.internal", SafeReason.Of(cause), StringComparison.Ordinal);
        Assert.Equal(cause is DbException, SafeReason.IsPassing(cause));
    }

    private sealed class Fault(string? state, Exception? inner = null) : DbException(Text, inner)
    {
        public override string? SqlState => state;
    }
}
