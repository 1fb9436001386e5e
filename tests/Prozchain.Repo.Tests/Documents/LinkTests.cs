namespace Prozchain.Repo.Tests.Documents;

public sealed class LinkTests
{
    [Fact]
    public void Links_OfEveryDocument_LeadSomewhere() =>
        Violation.AssertNone(Repository.Documents.SelectMany(file => LinkRules.Check(file, Repository.Read(file), Exists, Repository.Read)));

    [Theory]
    [InlineData("[a](b.md)", null)]
    [InlineData("[a](../docs/b.md#one-two)", null)]
    [InlineData("[a](#here)\n\n# Here", null)]
    [InlineData("[a](https://example.com/x)", null)]
    [InlineData("[a](../src)", null)]
    [InlineData("`[a](gone.md)`", null)]
    [InlineData("[a](gone.md)", "docs/gone.md")]
    [InlineData("[a](b.md#three)", "one of one-two")]
    [InlineData("[a](../../b.md)", "a path within")]
    [InlineData("![a](gone.png)", "docs/gone.png")]
    [InlineData("[a][r]\n\n[r]: gone.md", "docs/gone.md")]
    public void Check_Cases_AreJudged(string text, string? expected)
    {
        Violation[] violations = [.. LinkRules.Check("docs/a.md", text, path => path is "docs/a.md" or "docs/b.md" or "src", _ => "# One two")];
        if (expected is null) Assert.Empty(violations);
        else Assert.Equal(expected, Assert.Single(violations).Expected);
    }

    private static bool Exists(string path)
    {
        string full = Repository.FullPath(path);
        return Repository.Files.Contains(path) || (Directory.Exists(full) && Repository.Files.Any(file => path.Length == 0 || file.StartsWith(path + "/", StringComparison.Ordinal)));
    }
}
