using System.Text.RegularExpressions;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Banned;

public sealed class BannedTests
{
    private static readonly BannedSymbol[] s_banned =
        [.. Repository.ReadLines("eng/BannedSymbols.txt").Where(line => line.Trim().Length > 0).Select(BannedSymbol.Parse)];

    [Fact]
    public void BannedSymbols_Each_ExistAndNameTheirReplacement() =>
        Violation.AssertNone(s_banned.SelectMany(symbol => (Violation[])
        [
            .. symbol.Exists() ? [] : (Violation[])[new("a banned symbol is spelt right", "eng/BannedSymbols.txt", "a symbol of .NET", $"{symbol.Kind}:{symbol.Type}.{symbol.Member}")],
            .. symbol.Replacement.Length > 10 ? [] : (Violation[])[new("a ban names its replacement", "eng/BannedSymbols.txt", "a replacement", $"{symbol.Type}.{symbol.Member}")],
        ]));

    [Fact]
    public void Libraries_Source_CallNothingBanned() =>
        Violation.AssertNone(Repository.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(file => Check(file, Repository.Read(file))));

    [Theory]
    [InlineData("var t = DateTime.Now;", 1)]
    [InlineData("var t = System.DateTime . UtcNow;", 1)]
    [InlineData("var r = Random.Shared.Next(); var q = new Random();", 2)]
    [InlineData("Thread.Sleep(1);", 1)]
    [InlineData("Console.Error.Write(1);", 1)]
    [InlineData("// DateTime.Now is banned\nvar s = \"DateTime.Now\" + @\"a\"\"Random.Shared\" + $\"\"\"Thread.Sleep\"\"\"; char c = '\"'; /* Console. */", 0)]
    [InlineData("var r = new Random(seed); var t = MyDateTime.Now2;", 0)]
    public void Check_Source_FindsCallsOnly(string source, int violations) => Assert.Equal(violations, Check("src/X/A.cs", source).Count());

    [Fact]
    public void Analyser_LibraryWithBannedCalls_FailsTheBuild()
    {
        string folder = Path.Combine(RepositoryRoot.Path, "artifacts", "repo-tests", "banned");
        Directory.CreateDirectory(folder);
        // The house's own props with the kind of a library, so that what is tested is what libraries get.
        File.WriteAllText(Path.Combine(folder, "Directory.Build.props"), $"""
            <Project>
              <PropertyGroup><RepoRoot>{RepositoryRoot.Path}/</RepoRoot><ProjectKind>Library</ProjectKind></PropertyGroup>
              <Import Project="$(RepoRoot)eng/Common.props" />
              <Import Project="$(RepoRoot)eng/Library.props" />
              <PropertyGroup><ArtifactsPath>$(MSBuildThisFileDirectory)out</ArtifactsPath></PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "Directory.Build.targets"), "<Project />");
        File.WriteAllText(Path.Combine(folder, "README.md"), "probe");
        File.WriteAllText(Path.Combine(folder, "Probe.csproj"), "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        File.WriteAllText(Path.Combine(folder, "Probe.cs"), """
            namespace Probe;

            internal static class Calls
            {
                public static long Now() => System.DateTime.UtcNow.Ticks;

                public static int Roll() => System.Random.Shared.Next();

                public static System.Threading.Tasks.Task Wait() => System.Threading.Tasks.Task.Delay(5);

                public static void Print() => System.Console.WriteLine();
            }
            """);
        ChildResult build = Dotnet.Run(TimeSpan.FromMinutes(3), "build", Path.Combine(folder, "Probe.csproj"), "-nologo");
        Assert.NotEqual(0, build.ExitCode);
        foreach (string call in (string[])["DateTime.UtcNow", "Random.Shared", "Task.Delay(int)", "Console"])
            Assert.True(
                Regex.IsMatch(build.Output, $"error RS0030:.*{Regex.Escape(call)}"),
                $"Expected error RS0030 for {call}, got {build.Describe()}");
    }

    private static IEnumerable<Violation> Check(string file, string source)
    {
        string[] lines = CSharpText.CodeOnly(source).Split('\n');
        foreach (BannedSymbol symbol in s_banned.DistinctBy(symbol => (symbol.Type, symbol.Member)))
        {
            if (symbol.InSource() is not { } pattern) continue;
            for (int i = 0; i < lines.Length; i++)
                if (pattern.IsMatch(lines[i]))
                    yield return new("a library calls nothing that eng/BannedSymbols.txt bans", $"{file}:{i + 1}", symbol.Replacement, lines[i].Trim());
        }
    }
}
