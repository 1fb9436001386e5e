namespace Prozchain.Repo.Tests.Files;

public sealed class ForbiddenTextTests
{
    [Fact]
    public void Files_Tracked_SayNothingForbidden() =>
        Violation.AssertNone(Repository.Files.Where(IsText).SelectMany(file => ForbiddenText.Check(file, Repository.Read(file))));

    [Theory]
    [InlineData("see /wo" + "rk/main")]
    [InlineData("cd /ro" + "ot/x")]
    [InlineData("writes to \"/t" + "mp/x\"")]
    [InlineData("https://api.nuget" + ".org/v3")]
    [InlineData("// TO" + "DO: later")]
    [InlineData("throw new NotImplemented" + "Exception();")]
    public void Check_ForbiddenLine_IsNamedWithItsLine(string line) =>
        Assert.Equal("a.cs:2", Assert.Single(ForbiddenText.Check("a.cs", $"fine\n{line}\nfine")).Where);

    [Theory]
    [InlineData("state/root/proof and https://example.com/work/1")]
    [InlineData("todos, hackers and NuGet packages")]
    public void Check_PlainLine_Passes(string line) => Assert.Empty(ForbiddenText.Check("a.md", line));

    private static bool IsText(string file)
    {
        using FileStream stream = File.OpenRead(Repository.FullPath(file));
        var start = new byte[Math.Min(stream.Length, 8000)];
        stream.ReadExactly(start);
        return !start.Contains((byte)0);
    }
}
