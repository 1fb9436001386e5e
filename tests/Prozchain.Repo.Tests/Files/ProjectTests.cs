namespace Prozchain.Repo.Tests.Files;

public sealed class ProjectTests
{
    private const int MaxLines = 25;

    [Fact]
    public void Projects_All_AreInTheSolution()
    {
        string solution = Repository.Read("Prozchain.sln").Replace('\\', '/');
        Violation.AssertNone(Repository.Projects.Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal))
            .Select(file => new Violation("every project is in the solution", "Prozchain.sln", file, "not there")));
    }

    [Fact]
    public void Projects_All_AreShort() =>
        Violation.AssertNone(Repository.Projects.Select(file => (File: file, Lines: Repository.ReadLines(file).Length))
            .Where(project => project.Lines > MaxLines)
            .Select(project => new Violation("a project file is about ten lines; the rest is in eng/", project.File, $"at most {MaxLines} lines", $"{project.Lines}")));

    [Fact]
    public void Libraries_Each_HaveAReadmeATestProjectAndADescription() =>
        Violation.AssertNone(Repository.Libraries.SelectMany(CheckLibrary));

    [Fact]
    public void Projects_None_NameAPackageVersion() =>
        Violation.AssertNone(Repository.Projects
            .Where(file => Repository.Read(file).Split("PackageReference").Skip(1).Any(rest => rest.Split('>')[0].Contains("Version=", StringComparison.Ordinal)))
            .Select(file => new Violation("versions are central", file, "Directory.Packages.props", "a Version attribute")));

    [Fact]
    public void Script_Ci_IsExecutable()
    {
        if (OperatingSystem.IsWindows()) return;
        Assert.True(File.GetUnixFileMode(Repository.FullPath(".ci/run")).HasFlag(UnixFileMode.UserExecute), "Expected .ci/run to be executable, got that it is not.");
    }

    private static IEnumerable<Violation> CheckLibrary(string library)
    {
        string folder = $"src/{library}";
        if (!Repository.Files.Contains($"{folder}/{library}.csproj")) yield return new("a library's project bears its folder's name", folder, $"{library}.csproj", "none");
        if (!Repository.Files.Contains($"{folder}/README.md")) yield return new("a library has its NuGet page", folder, "README.md", "none");
        if (!Repository.Files.Contains($"tests/{library}.Tests/{library}.Tests.csproj")) yield return new("a library has its tests", folder, $"tests/{library}.Tests", "none");
        if (!Repository.Read($"{folder}/{library}.csproj").Contains("<Description>", StringComparison.Ordinal))
            yield return new("a package describes itself", $"{folder}/{library}.csproj", "<Description>", "none");
    }
}
