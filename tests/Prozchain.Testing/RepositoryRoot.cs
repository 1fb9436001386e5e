namespace Prozchain.Testing;

/// <summary>The folder that holds Prozchain.sln, found upwards from the test's own folder.</summary>
public static class RepositoryRoot
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Prozchain.sln"))) return at.FullName;
        throw new DirectoryNotFoundException($"No Prozchain.sln above '{AppContext.BaseDirectory}'.");
    }
}
