using System.Text;
using Grpc.Core;
using Milvus.Optimize.Wire;
using Status = Milvus.Optimize.Wire.Status;

namespace Milvus.Optimize.Simulator.Tests;

/// <summary>Users that are made over the wire; codes and texts as a real 2.3.5 gave them.</summary>
public sealed class UserTests
{
    [Fact]
    public async Task A_user_is_made_may_look_changes_the_password_and_is_gone()
    {
        await using var milvus = await RunningSimulator.Start("2.3", more: o => o with { Token = "root:Milvus" });
        var m = milvus.Milvus;
        var root = As("root:Milvus");
        Success(await m.CreateCredentialAsync(new() { Username = "ann", Password = Base64("secret1") }, root));
        Assert.Equal(["ann", "root"], (await m.ListCredUsersAsync(new(), root)).Usernames);
        Assert.Equal(["ann", "root"], (await m.SelectUserAsync(new() { IncludeRoleInfo = true }, root)).Results.Select(result => result.User.Name));
        Assert.Empty((await m.SelectUserAsync(new() { User = new() { Name = "nobody" } }, root)).Results);
        Assert.Equal(["admin", "public"], (await m.SelectRoleAsync(new(), root)).Results.Select(result => result.Role.Name));
        Assert.Empty((await m.SelectRoleAsync(new() { Role = new() { Name = "nobody" } }, root)).Results);

        var ann = As("ann:secret1");
        Assert.Equal(0, (await m.DescribeCollectionAsync(new() { CollectionName = "books" }, ann)).Status.Code);
        Assert.Equal(["ann"], (await m.SelectUserAsync(new() { User = new() { Name = "ann" } }, ann)).Results.Select(result => result.User.Name));
        await Denied("SelectUser", async () => await m.SelectUserAsync(new() { User = new() { Name = "root" } }, ann));
        await Denied("SelectOwnership", async () => await m.ListCredUsersAsync(new(), ann));
        await Denied("CreateOwnership", async () => await m.CreateCredentialAsync(new() { Username = "eve", Password = Base64("secret1") }, ann));
        await Denied("DropOwnership", async () => await m.DeleteCredentialAsync(new() { Username = "ann" }, ann));
        await Denied("UpdateUser", async () => await m.UpdateCredentialAsync(new() { Username = "root", OldPassword = Base64("Milvus"), NewPassword = Base64("secret1") }, ann));
        await Denied("Compaction", async () => await m.ManualCompactionAsync(new() { CollectionID = milvus.Books.Id }, ann));
        await Denied("Delete", async () => await m.DeleteAsync(new() { CollectionName = "books", Expr = "id in [1]" }, ann));
        await Denied("FlushAll", async () => await m.FlushAllAsync(new(), ann));

        Success(await m.UpdateCredentialAsync(new() { Username = "ann", OldPassword = Base64("secret1"), NewPassword = Base64("secret2") }, ann));
        await Unknown(m, ann);
        ann = As("ann:secret2");
        Assert.Equal("v2.3.5-lite", (await m.GetVersionAsync(new(), ann)).Version);
        Success(await m.DeleteCredentialAsync(new() { Username = "ann" }, root));
        await Unknown(m, ann);
        Success(await m.DeleteCredentialAsync(new() { Username = "ann" }, root));
    }

    [Fact]
    public async Task What_cannot_be_done_to_a_user_is_refused_in_the_servers_words()
    {
        await using var milvus = await RunningSimulator.Start("2.3");
        var m = milvus.Milvus;
        async Task<Status> Create(string name, string password = "secret1") => await m.CreateCredentialAsync(new() { Username = name, Password = Base64(password) });
        Success(await Create("ann"));
        var again = await Create("ann");
        Refused(65535, "user already exists: ann", again);
        Assert.Equal("", again.Detail);
        Refused(65535, "user already exists: root", await Create("root"));
        Refused(65535, "decode password fail: illegal base64 data at input byte 0", await m.CreateCredentialAsync(new() { Username = "bob", Password = "!!!" }));
        Refused(1100, "invalid password length: invalid parameter[1 out of range 6 <= value <= 256]", await Create("bob", "x"));
        Refused(1100, "username must be not empty: invalid parameter", await Create(""));
        Refused(1100, "invalid user name 1b, the first character must be a letter, but got %!s(uint8=49): invalid parameter", await Create("1b"));
        Refused(1100, "invalid user name b-b, username must contain only numbers, letters and underscores, but got %!s(uint8=45): invalid parameter", await Create("b-b"));
        var longName = new string('b', 40);
        Refused(1100, $"invalid username {longName} with length 40, the length of username must be less than %!d(string=32): invalid parameter", await Create(longName));
        Refused(1400, "old password not correct for ann: not authenticated", await m.UpdateCredentialAsync(new() { Username = "ann", OldPassword = Base64("wrong"), NewPassword = Base64("secret2") }));
        Refused(1400, "old password not correct for nobody: not authenticated", await m.UpdateCredentialAsync(new() { Username = "nobody", OldPassword = Base64("wrong"), NewPassword = Base64("secret2") }));
        Success(await m.UpdateCredentialAsync(new() { Username = "root", OldPassword = Base64("Milvus"), NewPassword = Base64("secret2") }));
        Refused(1401, "root user cannot be deleted: privilege not permitted", await m.DeleteCredentialAsync(new() { Username = "root" }));
    }

    [Fact]
    public async Task Lite_knows_no_users()
    {
        await using var milvus = await RunningSimulator.Start("lite");
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await milvus.Milvus.ListCredUsersAsync(new()));
        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Metadata As(string user) => new() { { "authorization", Base64(user) } };

    private static async Task Denied(string privilege, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.PermissionDenied, $"Privilege{privilege}: permission deny to ann"), (refused.StatusCode, refused.Status.Detail));
    }

    private static async Task Unknown(MilvusService.MilvusServiceClient m, Metadata user)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await m.GetVersionAsync(new(), user));
        Assert.Equal((StatusCode.Unauthenticated, "auth check failure, please check username and password are correct"), (refused.StatusCode, refused.Status.Detail));
    }

    private static void Success(Status status) => Assert.Equal((0, ""), (status.Code, status.Reason));

    private static void Refused(int code, string reason, Status status) => Assert.Equal((code, reason), (status.Code, status.Reason));
}
