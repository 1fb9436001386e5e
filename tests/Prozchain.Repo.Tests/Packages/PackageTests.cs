using System.Xml.Linq;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Packages;

/// <summary>Inspects what "dotnet pack" yields: the folder that PROZCHAIN_PACKAGES names, or a pack of its own.</summary>
public sealed class PackageTests
{
    [Fact]
    public void Pack_Solution_YieldsOneSoundPackageForEachLibrary()
    {
        string folder = Environment.GetEnvironmentVariable("PROZCHAIN_PACKAGES") is { Length: > 0 } given ? Path.GetFullPath(given, RepositoryRoot.Path) : Pack();
        string[] packages = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        var violations = new List<Violation>();
        foreach (string library in Repository.Libraries)
        {
            string? package = packages.FirstOrDefault(name => IsOf(name, library, ".nupkg"));
            string? symbols = packages.FirstOrDefault(name => IsOf(name, library, ".snupkg"));
            if (symbols is null) violations.Add(new("a package has its symbols", folder, $"{library}.*.snupkg", "none"));
            if (package is null)
            {
                violations.Add(new("a library yields a package", folder, $"{library}.*.nupkg", "none"));
                continue;
            }
            (XDocument manifest, string[] files) = PackageRules.Open(Path.Combine(folder, package));
            violations.AddRange(PackageRules.Check(library, manifest, files));
        }
        violations.AddRange(packages.Where(name => !Repository.Libraries.Any(library => IsOf(name, library, "nupkg")))
            .Select(name => new Violation("only libraries are packed", folder, "no other package", name)));
        Violation.AssertNone(violations);
    }

    [Fact]
    public void Check_UnsoundPackage_IsNamed()
    {
        XDocument manifest = XDocument.Parse("""
            <package><metadata><id>Prozchain.AI</id><license type="expression">MIT</license><description>Package Description</description>
            <dependencies><group><dependency id="Newtonsoft.Json" /><dependency id="CommunityToolkit.HighPerformance" /></group></dependencies></metadata></package>
            """);
        string[] files = ["_rels/.rels", "Prozchain.AI.nuspec", "LICENSE-MIT", "LICENSE-APACHE", "README.md", "lib/net10.0/Prozchain.AI.dll", "content/secret.bin"];
        Assert.Equal(
            ["MIT", "none", "Package Description", "Newtonsoft.Json", "not there", "content/secret.bin"],
            PackageRules.Check("Prozchain.AI", manifest, files).Select(violation => violation.Got));
    }

    // "Prozchain.Zk" must not take "Prozchain.Zk.Cuda.0.1.0.nupkg" for its own: after the name comes the version.
    private static bool IsOf(string file, string library, string extension) =>
        file.StartsWith(library + ".", StringComparison.Ordinal) && char.IsAsciiDigit(file[library.Length + 1]) && file.EndsWith(extension, StringComparison.Ordinal);

    private static string Pack()
    {
        string folder = Path.Combine(RepositoryRoot.Path, "artifacts", "repo-tests", "packages");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        foreach (string library in Repository.Libraries)
            Dotnet.Run(TimeSpan.FromMinutes(2), "pack", Repository.FullPath($"src/{library}/{library}.csproj"), "--no-build", "--no-restore", "-c", Repository.Configuration, "-o", folder, "-nologo", "-v", "q")
                .AssertSuccess();
        return folder;
    }
}
