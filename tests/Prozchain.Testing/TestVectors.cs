namespace Prozchain.Testing;

/// <summary>
/// Finds the test data that nobody here wrote: the folder that PROZCHAIN_VECTORS names, else shared/vectors beside
/// the repository. Absent, a test skips and says so; with CI=true absence fails.
/// </summary>
public static class TestVectors
{
    private static readonly string? s_root = Find();

    /// <summary>Path of a file below the vectors' folder; skips (or, in CI, fails) the calling test if it is not there.</summary>
    public static string Require(string relativePath)
    {
        string? path = s_root is null ? null : Path.Combine(s_root, relativePath);
        if (path is not null && File.Exists(path)) return path;
        string reason = $"Test vectors '{relativePath}' not found: set PROZCHAIN_VECTORS, or put them in ../shared/vectors beside the repository.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(reason);
        Assert.Skip(reason);
        return string.Empty;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("PROZCHAIN_VECTORS") is { Length: > 0 } named) return named;
        string candidate = Path.Combine(RepositoryRoot.Path, "..", "shared", "vectors");
        return Directory.Exists(candidate) ? Path.GetFullPath(candidate) : null;
    }
}
