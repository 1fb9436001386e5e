using System.IO.Compression;
using System.Xml.Linq;
using Prozchain.Repo.Tests.References;

namespace Prozchain.Repo.Tests.Packages;

/// <summary>What a package that we ship must hold.</summary>
internal static class PackageRules
{
    /// <summary>Checks a package's manifest and list of files.</summary>
    public static IEnumerable<Violation> Check(string library, XDocument manifest, IReadOnlyCollection<string> files)
    {
        XElement metadata = manifest.Root!.Elements().First(e => e.Name.LocalName == "metadata");
        string? Value(string name) => metadata.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        string nuspec = library + ".nuspec";
        if (Value("id") != library) yield return new("a package is named as its library", nuspec, library, Value("id") ?? "none");
        if (Value("license") != "MIT OR Apache-2.0") yield return new("a package names its licence", nuspec, "MIT OR Apache-2.0", Value("license") ?? "none");
        if (Value("readme") != "README.md") yield return new("a package shows its README", nuspec, "README.md", Value("readme") ?? "none");
        if (Value("description") is null or "Package Description") yield return new("a package describes itself", nuspec, "a description", Value("description") ?? "none");
        string[] allowed = [.. ReferenceRules.AllowedPackages(library), .. ReferenceRules.AllowedNuGet(library)];
        foreach (XElement dependency in metadata.Descendants().Where(e => e.Name.LocalName == "dependency"))
            if (!allowed.Contains((string?)dependency.Attribute("id")))
                yield return new("a package depends only on what it may", nuspec, string.Join(", ", allowed), (string?)dependency.Attribute("id") ?? "none");
        string[] expected = ["README.md", "LICENSE-MIT", "LICENSE-APACHE", $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml"];
        foreach (string file in expected.Where(file => !files.Contains(file)))
            yield return new("a package is complete", library + ".nupkg", file, "not there");
        foreach (string file in files.Where(file => !expected.Contains(file) && !IsEnvelope(file)))
            yield return new("a package holds nothing else", library + ".nupkg", "nothing more", file);
    }

    public static (XDocument Manifest, string[] Files) Open(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        using Stream manifest = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return (XDocument.Load(manifest), [.. archive.Entries.Select(entry => entry.FullName)]);
    }

    private static bool IsEnvelope(string file) =>
        file is "[Content_Types].xml" || file.StartsWith("_rels/", StringComparison.Ordinal) || file.StartsWith("package/", StringComparison.Ordinal) || file.EndsWith(".nuspec", StringComparison.Ordinal);
}
