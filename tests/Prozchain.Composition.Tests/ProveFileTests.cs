using System.Globalization;
using System.Text.RegularExpressions;
using Prozchain.Testing;
using Prozchain.Zk.Hashing;

namespace Prozchain.Composition.Tests;

/// <summary>The commands prove-file and verify as their user sees them.</summary>
public sealed partial class ProveFileTests
{
    [Fact]
    public async Task ProveFile_SmallFile_IsVerifiedAndKeepsTheRestHidden()
    {
        using var folder = new TemporaryFolder();
        (string file, string hash) = MakeFile(folder, 1500);
        string proof = folder["file.proof"], first = Convert.ToHexStringLower((await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan(0, 4));
        DevnetResult proven = await DevnetProcess.RunAsync("prove-file", file, "--prefix", "4", "--out", proof);
        Assert.True(proven.ExitCode == 0, proven.ToString());
        Assert.Contains(proven.Output, line => line.Contains("constraints", StringComparison.Ordinal));
        Assert.True(PeakMiB(proven) > 0);
        Assert.Equal(["file.bin", "file.proof"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());

        DevnetResult verified = await DevnetProcess.RunAsync("verify", proof, "--hash", hash);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Equal($"Valid: its maker knew a file of 1500 bytes whose BLAKE3 hash is {hash} and whose first 4 bytes are {first}; the other 1496 bytes are hidden.", verified.Output[0]);
        Assert.Contains("bits proven (100 asked for)", verified.Output[1], StringComparison.Ordinal);

        DevnetResult other = await DevnetProcess.RunAsync("verify", proof, "--hash", new string('0', 64));
        Assert.Equal((1, $"The proof is refused: it is about the hash {hash}, not {new string('0', 64)}."), (other.ExitCode, Assert.Single(other.Errors)));

        byte[] bytes = await File.ReadAllBytesAsync(proof, TestContext.Current.CancellationToken);
        bytes[^1000] ^= 1;
        await File.WriteAllBytesAsync(proof, bytes, TestContext.Current.CancellationToken);
        await AssertRefused(proof);
        await File.WriteAllBytesAsync(proof, bytes[..30], TestContext.Current.CancellationToken);
        await AssertRefused(proof);

        static async Task AssertRefused(string proof)
        {
            DevnetResult refused = await DevnetProcess.RunAsync("verify", proof);
            Assert.Equal(1, refused.ExitCode);
            Assert.StartsWith("The proof is refused: ", Assert.Single(refused.Errors), StringComparison.Ordinal);
            Assert.Empty(refused.Output);
        }
    }

    [Fact]
    public async Task ProveFile_OfASha256Hash_IsVerifiedByTheProofAlone()
    {
        using var folder = new TemporaryFolder();
        (string file, string blake3) = MakeFile(folder, 1500);
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), digest = new byte[32];
        Sha256.Hash(bytes, digest);
        string proof = folder["file.proof"], hash = Convert.ToHexStringLower(digest);
        DevnetResult proven = await DevnetProcess.RunAsync("prove-file", file, "--hash", "sha256", "--prefix", "2", "--out", proof);
        Assert.True(proven.ExitCode == 0, proven.ToString());

        DevnetResult verified = await DevnetProcess.RunAsync("verify", proof);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Equal(
            $"Valid: its maker knew a file of 1500 bytes whose SHA-256 hash is {hash} and whose first 2 bytes are {Convert.ToHexStringLower(bytes.AsSpan(0, 2))}; the other 1498 bytes are hidden.",
            verified.Output[0]);
        DevnetResult other = await DevnetProcess.RunAsync("verify", proof, "--hash", blake3);
        Assert.Equal((1, $"The proof is refused: it is about the hash {hash}, not {blake3}."), (other.ExitCode, Assert.Single(other.Errors)));
    }

    [Fact]
    public async Task ProveFile_EmptyFileAt128Bits_IsVerified()
    {
        using var folder = new TemporaryFolder();
        (string file, _) = MakeFile(folder, 0);
        DevnetResult proven = await DevnetProcess.RunAsync("prove-file", file, "--security", "128", "--threads", "1", "--out", folder["file.proof"]);
        Assert.True(proven.ExitCode == 0, proven.ToString());
        DevnetResult verified = await DevnetProcess.RunAsync("verify", folder["file.proof"]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Contains("(128 asked for)", verified.Output[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProveFile_Interrupted_StopsCleanlyAndWritesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        using var folder = new TemporaryFolder();
        (string file, _) = MakeFile(folder, 60_000);
        using DevnetProcess devnet = DevnetProcess.Start("prove-file", file, "--out", folder["file.proof"]);
        while (devnet.Lines.Count < 3 && !devnet.HasExited) await Task.Delay(10, TestContext.Current.CancellationToken);
        devnet.Interrupt();
        DevnetResult stopped = await devnet.EndAsync();
        Assert.True(stopped.ExitCode == 130, stopped.ToString());
        Assert.Equal("Stopped: nothing was written.", Assert.Single(stopped.Errors));
        Assert.Equal(["file.bin"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("does-not-exist.bin")]
    [InlineData(".")]
    [InlineData("README.md", "--prefix", "65")]
    [InlineData("README.md", "--prefix", "-1")]
    [InlineData("README.md", "--prefix-bytes", "00")]
    [InlineData("README.md", "--prefix-bytes", "xyz")]
    [InlineData("README.md", "--prefix-bytes", "23", "--prefix", "1")]
    [InlineData("README.md", "--hash", "md5")]
    [InlineData("README.md", "--security", "99")]
    [InlineData("README.md", "--threads", "0")]
    [InlineData("README.md", "--out", "no-such-folder/file.proof")]
    public async Task ProveFile_UnusableInput_EndsWithOneSentenceAndCodeTwo(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string[] output = arguments.Contains("--out") ? [] : ["--out", folder["file.proof"]];
        DevnetResult result = await DevnetProcess.RunAsync(["prove-file", .. arguments, .. output]);
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Single(result.Errors);
        Assert.Empty(result.Output);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("file.bin")]
    [InlineData("file")]
    public async Task ProveFile_OverTheFileItself_IsRefused(string output)
    {
        using var folder = new TemporaryFolder();
        (string file, _) = MakeFile(folder, 100);
        byte[] bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        if (output == "file") File.Move(file, file = folder["file.partial"]);
        DevnetResult result = await DevnetProcess.RunAsync("prove-file", file, "--out", folder[output]);
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("--out must not be written over the file itself", Assert.Single(result.Errors), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ProveFile_FileBeyondAMebibyte_IsRefused()
    {
        using var folder = new TemporaryFolder();
        (string file, _) = MakeFile(folder, (1 << 20) + 1);
        DevnetResult result = await DevnetProcess.RunAsync("prove-file", file, "--out", folder["file.proof"]);
        Assert.Equal((2, $"The file '{file}' must have at most 1048576 bytes, got more."), (result.ExitCode, Assert.Single(result.Errors)));
    }

    [Theory]
    [InlineData("does-not-exist.proof")]
    [InlineData("README.md", "--hash", "00")]
    [InlineData("README.md", "--hash", "hash")]
    public async Task Verify_UnusableInput_EndsWithOneSentenceAndCodeTwo(params string[] arguments)
    {
        DevnetResult result = await DevnetProcess.RunAsync(["verify", .. arguments]);
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Single(result.Errors);
    }

    /// <summary>A whole mebibyte within 4 GiB. PROZCHAIN_LONG=1 runs it.</summary>
    [Theory]
    [InlineData("blake3", "100")]
    [InlineData("blake3", "128")]
    [InlineData("sha256", "100")]
    [InlineData("sha256", "128")]
    public async Task ProveFile_AMebibyte_StaysWithinFourGibibytes(string function, string security)
    {
        Assert.SkipUnless(TestSettings.IsLong, "PROZCHAIN_LONG=1 runs it: minutes, and 4 GiB.");
        using var folder = new TemporaryFolder();
        (string file, _) = MakeFile(folder, 1 << 20);
        using DevnetProcess devnet = DevnetProcess.Start("prove-file", file, "--hash", function, "--prefix", "16", "--security", security, "--out", folder["file.proof"]);
        DevnetResult proven = await devnet.EndAsync(TimeSpan.FromMinutes(20));
        Assert.True(proven.ExitCode == 0, proven.ToString());
        Assert.InRange(PeakMiB(proven), 1, 4096);
        DevnetResult verified = await DevnetProcess.RunAsync("verify", folder["file.proof"]);
        Assert.True(verified.ExitCode == 0, verified.ToString());
    }

    private static (string File, string Hash) MakeFile(TemporaryFolder folder, int length)
    {
        byte[] bytes = new byte[length], hash = new byte[32];
        new SeededRandom((ulong)length).NextBytes(bytes);
        Blake3.Hash(bytes, hash);
        File.WriteAllBytes(folder["file.bin"], bytes);
        return (folder["file.bin"], Convert.ToHexStringLower(hash));
    }

    private static int PeakMiB(DevnetResult result) => int.Parse(PeakPattern().Match(result.Output[^1]).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"peak memory (\d+) MiB$")]
    private static partial Regex PeakPattern();
}
