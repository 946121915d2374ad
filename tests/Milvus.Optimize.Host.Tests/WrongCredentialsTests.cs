using Milvus.Optimize.RealServer.Tests;

namespace Milvus.Optimize.Host.Tests;

/// <summary>A real Milvus that asks who is there.</summary>
public sealed class WrongCredentialsTests
{
    [GuardedServerFact]
    public async Task A_wrong_password_an_unknown_user_and_a_wrong_key_are_told_and_end_with_8()
    {
        await using var milvus = await RealMilvus.StartAsync(autoCompaction: false, authorization: true);
        await using var folder = await CommandFolder.OpenAsync();
        foreach (var token in new[] { "root:wrong", "nobody:x", "no-colon" })
        {
            var command = folder.Start("optimize", "books", "--milvus", milvus.Address.ToString(), "--token", token);
            await command.WaitForExitAsync(folder.Over.Token);
            Assert.Equal(8, command.ExitCode);
        }

        Assert.Equal(3, folder.Said.Count(l => l.Contains("does not accept the credentials", StringComparison.Ordinal) && l.Contains("--token", StringComparison.Ordinal)));

        // With the right ones it is the collection that is missing.
        var right = folder.Start("optimize", "books", "--milvus", milvus.Address.ToString(), "--token", "root:Milvus");
        await right.WaitForExitAsync(folder.Over.Token);
        Assert.Equal(2, right.ExitCode);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class GuardedServerFactAttribute : FactAttribute
    {
        public GuardedServerFactAttribute() => Skip = RealMilvus.MissingScript;
    }
}
