using System.Reflection;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests;

/// <summary>The repository as the rules see it: tracked files, projects, libraries and their assemblies.</summary>
internal static class Repository
{
    private static readonly Lazy<string[]> s_files = new(List);

    /// <summary>Every tracked or new, not ignored file, as a path from the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files => s_files.Value;

    public static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    /// <summary>The packages: the name of each folder src/Prozchain.*.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        [.. Projects.Where(file => file.StartsWith("src/", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Sources => Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<string> Documents => Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>Debug or Release, as these tests were built.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Release";

    public static string FullPath(string file) => Path.Combine(RepositoryRoot.Path, file);

    public static string Read(string file) => File.ReadAllText(FullPath(file));

    public static string[] ReadLines(string file) => File.ReadAllLines(FullPath(file));

    /// <summary>The package that a source file belongs to (src/PACKAGE/...), or null.</summary>
    public static string? PackageOf(string file)
    {
        string[] parts = file.Split('/');
        return parts.Length > 2 && parts[0] == "src" && parts[1] != "Shared" ? parts[1] : null;
    }

    /// <summary>The built assembly of a library; the tests' project references every library, so it lies beside them.</summary>
    public static Assembly Assembly(string library) => System.Reflection.Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, library + ".dll"));

    private static string[] List()
    {
        IEnumerable<string> files;
        try
        {
            ChildResult git = ChildProcess.Run("git", ["-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard"]);
            files = git.ExitCode == 0 ? git.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : Walk();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            files = Walk();
        }
        return [.. files.Where(file => File.Exists(FullPath(file))).Distinct().Order(StringComparer.Ordinal)];
    }

    // Without git (a source archive): everything but what a build leaves behind.
    private static IEnumerable<string> Walk() =>
        Directory.EnumerateFiles(RepositoryRoot.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "artifacts" or ".git" or "bin" or "obj" or "node_modules" or ".vs" or ".idea"));
}
