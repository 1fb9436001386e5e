namespace Prozchain.Testing.Tests;

public sealed class ChildTestTests
{
    [Fact]
    public void RunInChild_BodyThrows_FailsWithItsMessage()
    {
        if (ChildTest.Role == "throws") throw new InvalidOperationException("a message of the child's own");
        ChildResult result = ChildTest.Run("throws");
        Assert.NotEqual(0, result.ExitCode);
        Assert.False(result.ReachedEnd);
        Assert.Contains("a message of the child's own", result.Output, StringComparison.Ordinal);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(result.AssertSuccess);
    }

    [Fact]
    public void RunInChild_BodyRuns_IsInAnotherProcess()
    {
        int parent = Environment.ProcessId;
        ChildTest.RunInChild(
            "other-process",
            () => Assert.NotEqual(Environment.GetEnvironmentVariable("PARENT"), Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new Dictionary<string, string?> { ["PARENT"] = parent.ToString(System.Globalization.CultureInfo.InvariantCulture) });
    }

    [Fact]
    public void Run_ChildHangs_IsKilledAfterTheTimeout()
    {
        if (ChildTest.Role == "hangs") Thread.Sleep(Timeout.Infinite);
        ChildResult result = ChildTest.Run("hangs", timeout: TimeSpan.FromSeconds(3));
        Assert.True(result.TimedOut, result.Describe());
    }
}
