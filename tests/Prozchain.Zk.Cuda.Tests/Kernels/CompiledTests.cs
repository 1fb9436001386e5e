using System.IO.Compression;
using System.Security.Cryptography;
using Prozchain.Testing;

namespace Prozchain.Zk.Cuda.Tests.Kernels;

/// <summary>What the package embeds is what its sources compile to.</summary>
public sealed class CompiledTests
{
    private static readonly string s_kernels = Path.Combine(RepositoryRoot.Path, "src", "Prozchain.Zk.Cuda", "Kernels");
    private static readonly string[] s_targets = ["70", "80", "90"], s_extensions = ["koalabear4", "koalabear5", "koalabear6", "koalabear8", "babybear4"];

    [Fact]
    public void Compiled_ForEveryFileAndTarget_CarriesTheSumOfItsSources()
    {
        string[] headers = Sorted("*.cuh");
        HashSet<string> expected = [];
        foreach (string file in Sorted("*.cu"))
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (string part in (string[])[.. headers, file]) hash.AppendData(File.ReadAllBytes(part));
            string sum = Convert.ToHexStringLower(hash.GetCurrentHash());
            foreach (string name in Modules(file).SelectMany(module => s_targets.Select(target => $"{module}.sm_{target}.ptx.gz")))
            {
                expected.Add(name);
                string path = Path.Combine(s_kernels, "Compiled", name);
                Assert.True(File.Exists(path), $"Expected {name}, got none: run eng/kernels-to-ptx.sh.");
                Assert.True(Text(path).StartsWith($"// sources {sum}\n", StringComparison.Ordinal), $"{name} is not of these sources: run eng/kernels-to-ptx.sh.");
            }
        }
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFiles(Path.Combine(s_kernels, "Compiled")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>For one kind of device; for all where PROZCHAIN_LONG is 1, a minute or two.</summary>
    [Fact]
    public void Compiled_OnceMore_IsTheSameText()
    {
        using var folder = new TemporaryFolder();
        string[] targets = TestSettings.IsLong ? s_targets : ["90"];
        ChildResult result = ChildProcess.Run("bash", [Path.Combine(RepositoryRoot.Path, "eng", "kernels-to-ptx.sh"), folder.Path, .. targets], timeout: TimeSpan.FromMinutes(5));
        if (result.ExitCode == 2) Assert.Skip("No clang 19 to compile the kernels with; only their sources' sums were compared.");
        result.AssertSuccess();
        string[] files = Directory.GetFiles(folder.Path);
        Assert.Equal(Directory.GetFiles(Path.Combine(s_kernels, "Compiled")).Length * targets.Length / s_targets.Length, files.Length);
        foreach (string path in files)
            Assert.True(Text(path) == Text(Path.Combine(s_kernels, "Compiled", Path.GetFileName(path))), $"{Path.GetFileName(path)} is stale: run eng/kernels-to-ptx.sh.");
    }

    [Fact]
    public void Compiled_OfAnExtension_HasNoKernelOfAnother()
    {
        foreach (string file in Sorted("*.cu").Where(IsOfExtensions))
            foreach (string extension in s_extensions)
                foreach (string other in s_extensions.Where(other => other != extension))
                    Assert.DoesNotContain($" {other}_", Text(Path.Combine(s_kernels, "Compiled", $"{Path.GetFileNameWithoutExtension(file)}-{extension}.sm_80.ptx.gz")), StringComparison.Ordinal);
    }

    private static bool IsOfExtensions(string file) => File.ReadLines(file).Any(line => line.StartsWith("PROZCHAIN_EACH_EXTENSION(", StringComparison.Ordinal));

    private static IEnumerable<string> Modules(string file)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return IsOfExtensions(file) ? s_extensions.Select(extension => $"{name}-{extension}") : [name];
    }

    private static string Text(string path)
    {
        using GZipStream text = new(File.OpenRead(path), CompressionMode.Decompress);
        using StreamReader reader = new(text);
        return reader.ReadToEnd();
    }

    private static string[] Sorted(string pattern)
    {
        string[] files = Directory.GetFiles(s_kernels, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("prozchain-ptx-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
