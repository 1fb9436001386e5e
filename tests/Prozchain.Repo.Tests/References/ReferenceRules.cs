using System.Xml.Linq;

namespace Prozchain.Repo.Tests.References;

/// <summary>Which package may know which (ARCHITECTURE, rules 1, 6 and 7).</summary>
internal static class ReferenceRules
{
    private const string Prefix = "Prozchain.";
    private static readonly string[] s_base = ["Prozchain.AI", "Prozchain.DataAvailability", "Prozchain.Rollups", "Prozchain.Sharding", "Prozchain.Zk"];

    /// <summary>The packages that <paramref name="package"/> may reference.</summary>
    public static IReadOnlyCollection<string> AllowedPackages(string package)
    {
        if (package == "Prozchain.Cluster") return s_base;
        if (package is "Prozchain.Zk.Cuda" or "Prozchain.Zk.Plonky3") return ["Prozchain.Zk"];
        string[] nouns = package[Prefix.Length..].Split('.');
        return nouns.Length == 2 ? [Prefix + nouns[0], Prefix + nouns[1]] : [];
    }

    /// <summary>The NuGet packages that <paramref name="package"/> may depend upon.</summary>
    public static IReadOnlyCollection<string> AllowedNuGet(string package) => package == "Prozchain.Cluster"
        ? ["CommunityToolkit.HighPerformance", "RabbitMQ.Client", "Npgsql"]
        : ["CommunityToolkit.HighPerformance"];

    /// <summary>Checks the references that a library's project file names.</summary>
    public static IEnumerable<Violation> CheckLibraryProject(string file, XDocument project)
    {
        string package = Path.GetFileNameWithoutExtension(file);
        foreach (string reference in Names(project, "ProjectReference"))
            if (!AllowedPackages(package).Contains(Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))))
                yield return new("a library references only the packages it is named after", file, List(AllowedPackages(package)), reference);
        foreach (string reference in Names(project, "PackageReference"))
            if (!AllowedNuGet(package).Contains(reference))
                yield return new("a library has no NuGet dependency but the allowed", file, List(AllowedNuGet(package)), reference);
        foreach (string kind in (string[])["Reference", "FrameworkReference"])
            foreach (string reference in Names(project, kind))
                yield return new("a library references no loose assembly and no further framework", file, "none", $"{kind} {reference}");
        if (Properties(project, "IsPackable").Any(value => value != "true"))
            yield return new("every library is packable", file, "no IsPackable, or true", "IsPackable false");
    }

    /// <summary>A package's tests see that package, what it may see, and the test kit; only Composition.Tests sees more.</summary>
    public static IEnumerable<Violation> CheckTestProject(string file, XDocument project, IReadOnlyCollection<string> libraries)
    {
        string tested = Path.GetFileNameWithoutExtension(file);
        if (!tested.EndsWith(".Tests", StringComparison.Ordinal)) yield break;
        tested = tested[..^".Tests".Length];
        if (!libraries.Contains(tested)) yield break;
        string[] allowed = [tested, .. AllowedPackages(tested), "Prozchain.Testing"];
        foreach (string reference in Names(project, "ProjectReference"))
            if (!allowed.Contains(Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))))
                yield return new("a package's tests see that package alone", file, List(allowed), reference);
    }

    /// <summary>Checks the references that a built assembly really has.</summary>
    public static IEnumerable<Violation> CheckAssembly(string package, IEnumerable<string> references, Func<string, bool> isFramework)
    {
        foreach (string reference in references)
            if (!isFramework(reference) && !AllowedPackages(package).Contains(reference) && !AllowedNuGet(package).Contains(reference))
                yield return new("an assembly references .NET and what its package may know", package + ".dll", List([.. AllowedPackages(package), .. AllowedNuGet(package)]), reference);
    }

    /// <summary>Linked source stays internal, and only a package's own tests see its internals; Zk's are seen by its backend on a device too (ADR 27), and those of Rollups.Zk and AI by the benchmarks.</summary>
    public static IEnumerable<Violation> CheckVisibility(string package, IEnumerable<Type> exported, IEnumerable<string> friends)
    {
        foreach (Type type in exported)
            if (type.Namespace is not { } space || (space != package && !space.StartsWith(package + ".", StringComparison.Ordinal)))
                yield return new("a public type lives in its package's namespace; linked source is internal", package + ".dll", package, type.FullName!);
        foreach (string friend in friends)
            if (friend.Split(',')[0] is { } name && name != package + ".Tests" && (package, name) is not (("Prozchain.Zk", "Prozchain.Zk.Cuda" or "Prozchain.Zk.Cuda.Tests") or ("Prozchain.Rollups.Zk" or "Prozchain.AI", "Prozchain.Benchmarks")))
                yield return new("only a package's own tests see its internals", package + ".dll", package + ".Tests", friend);
    }

    private static IEnumerable<string> Names(XDocument project, string kind) =>
        project.Descendants().Where(e => e.Name.LocalName == kind).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    private static IEnumerable<string> Properties(XDocument project, string name) =>
        project.Descendants().Where(e => e.Name.LocalName == name).Select(e => e.Value.Trim());

    private static string List(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "none";
}
