using System.Net.Sockets;
using Milvus.Optimize.Core.Runs;
using Milvus.Optimize.Host.Nodes;

namespace Milvus.Optimize.Host.Tests;

public sealed class NodeLockTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_second_holder_is_refused_until_the_first_lets_go()
    {
        var folder = StateFolder.Open(_temporary.Path);
        using (NodeLock.TryTake(folder)!)
        {
            Assert.Null(NodeLock.TryTake(folder));
            Assert.Equal(new(Environment.ProcessId, folder.Socket), NodeLock.ReadHolder(folder));
        }

        using var next = NodeLock.TryTake(folder);
        Assert.NotNull(next);
    }

    [Fact]
    public void Whoever_reads_the_lock_file_keeps_nobody_out()
    {
        var folder = StateFolder.Open(_temporary.Path);
        NodeLock.TryTake(folder)!.Dispose();
        using var reader = LibC.Open(folder.Lock);
        using var taken = NodeLock.TryTake(folder);
        Assert.NotNull(taken);
    }

    [Fact]
    public void A_socket_file_that_a_kill_left_is_removed()
    {
        var folder = StateFolder.Open(_temporary.Path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.Socket));
        Assert.True(File.Exists(folder.Socket));
        using var taken = NodeLock.TryTake(folder);
        Assert.False(File.Exists(folder.Socket));
        socket.Dispose();
    }

    [Fact]
    public void A_half_written_lock_file_is_nobodys()
    {
        var folder = StateFolder.Open(_temporary.Path);
        File.WriteAllText(folder.Lock, "{\"Pid\":1");
        Assert.Null(NodeLock.ReadHolder(folder));
        using var taken = NodeLock.TryTake(folder);
        Assert.Equal(Environment.ProcessId, NodeLock.ReadHolder(folder)!.Pid);
    }

    [Fact]
    public void A_socket_path_too_long_for_the_system_is_replaced_by_a_short_one_that_the_lock_file_names()
    {
        var folder = StateFolder.Open(Path.Combine(_temporary.Path, new('x', 120)));
        string socket;
        using (var taken = NodeLock.TryTake(folder)!)
        {
            socket = taken.Socket;
            Assert.InRange(socket.Length, 1, 107);
            Assert.Equal(socket, NodeLock.ReadHolder(folder)!.Socket);
            File.WriteAllText(socket, "");
        }

        Assert.False(File.Exists(socket));
    }

    [Fact]
    public void Only_its_owner_may_look_into_the_folder()
    {
        var folder = StateFolder.Open(_temporary.File("new"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
    }

    [Theory]
    [InlineData("nfs")]
    [InlineData("cifs")]
    [InlineData("v9fs")]
    [InlineData("fuse")]
    public void A_network_file_system_is_refused(string fileSystem) =>
        Assert.Contains("--state", Assert.Throws<ParamException>(() => StateFolder.Open(_temporary.Path, _ => fileSystem)).Message, StringComparison.Ordinal);
}
