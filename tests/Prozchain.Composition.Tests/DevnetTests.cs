using System.Globalization;
using System.Text.Json;

namespace Prozchain.Composition.Tests;

/// <summary>The Devnet as its user sees it: what it prints, reports and ends with.</summary>
public class DevnetTests
{
    [Fact]
    public async Task Run_SameFileAndSeed_GivesTheSameTotalsAndRoots()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "600", "--distribution", "zipf");
        JsonElement first = await RunAsync(folder["first.json"], "--workload", workload);
        JsonElement second = await RunAsync(folder["second.json"], "--workload", workload, "--parallel", "1");
        Assert.Equal(first.GetProperty("deterministic").GetRawText(), second.GetProperty("deterministic").GetRawText());
        JsonElement supply = first.GetProperty("deterministic").GetProperty("supply");
        Assert.True(supply.GetProperty("balanced").GetBoolean());
        Assert.Equal(supply.GetProperty("genesis").GetUInt64(), supply.GetProperty("shards").GetUInt64() + supply.GetProperty("escrow").GetUInt64());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 100)]
    [InlineData(17, 50)]
    public async Task Run_AnyShardsAndShare_ProcessesEveryLine(int shards, int share)
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "300");
        JsonElement report = await RunAsync(folder["report.json"], "--workload", workload, "--shards", Text(shards), "--l2", Text(share));
        JsonElement totals = report.GetProperty("deterministic");
        Assert.Equal(300 * share / 100, totals.GetProperty("rollupTransfers").GetInt64());
        Assert.Equal(300 - 300 * share / 100, totals.GetProperty("applied").GetInt64() + totals.GetProperty("failed").GetInt64());
        Assert.Equal(shards, totals.GetProperty("shards").GetArrayLength());
    }

    [Fact]
    public async Task Run_PoorSenders_IncludesFailedTransfersAndKeepsTheBalance()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "400", "--accounts", "10", "--max-amount", "900");
        JsonElement report = await RunAsync(folder["report.json"], "--workload", workload, "--fund", "1000");
        JsonElement totals = report.GetProperty("deterministic");
        Assert.True(totals.GetProperty("failed").GetInt64() > 0);
        Assert.True(totals.GetProperty("supply").GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task Run_LinesSignedElsewhere_GiveTheSameStateAsTheirWallets()
    {
        using var folder = new TemporaryFolder();
        string plain = await GenerateAsync(folder, "--lines", "200"), signed = folder["signed.csv"];
        DevnetResult generated = await DevnetProcess.RunAsync("generate", "--lines", "200", "--accounts", "50", "--signed", "--output", signed);
        Assert.True(generated.ExitCode == 0, generated.ToString());
        JsonElement byWallets = await RunAsync(folder["plain.json"], "--workload", plain, "--l2", "0");
        JsonElement bySignatures = await RunAsync(folder["signed.json"], "--workload", signed, "--l2", "0");
        Assert.Equal(Root(byWallets), Root(bySignatures));

        static string? Root(JsonElement report) => report.GetProperty("deterministic").GetProperty("shardsRoot").GetString();
    }

    [Fact]
    public async Task Run_MalformedAndForgedLines_AreReportedWithTheirNumbersAndTheRestRuns()
    {
        using var folder = new TemporaryFolder();
        string signed = folder["signed.csv"], workload = folder["mixed.csv"];
        await DevnetProcess.RunAsync("generate", "--lines", "2", "--accounts", "2", "--signed", "--output", signed);
        string[] lines = await File.ReadAllLinesAsync(signed, TestContext.Current.CancellationToken);
        string[] fields = lines[1].Split(',');
        fields[2] = "1" + fields[2];
        string forged = string.Join(',', fields);
        await File.WriteAllLinesAsync(workload,
            ["# comment", "from,to,amount", "alice,bob", "alice,bob,-1", "ali ce,bob,1", "alice,bob,18446744073709551616", "0x00,bob,1", "alice,bob,5", new string('x', 9000), forged, "", "bob,alice,3"],
            TestContext.Current.CancellationToken);
        DevnetResult result = await DevnetProcess.RunAsync("run", "--workload", workload, "--l2", "0", "--report", folder["report.json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        foreach (int number in (int[])[3, 4, 5, 6, 7, 9, 10]) Assert.Contains(result.Errors, line => line.StartsWith($"line {number}: rejected: ", StringComparison.Ordinal));
        Assert.Equal(7, result.Errors.Count);
        JsonElement totals = Read(folder["report.json"]).GetProperty("deterministic");
        Assert.Equal((6, 1, 2), (totals.GetProperty("malformed").GetInt32(), totals.GetProperty("refused").GetInt32(), totals.GetProperty("applied").GetInt32()));
    }

    [Fact]
    public async Task Run_Swaps_HappenOnBothSidesOrOnNeither()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "600", "--swaps", "20");
        JsonElement totals = (await RunAsync(folder["report.json"], "--workload", workload, "--l2", "0")).GetProperty("deterministic");
        Assert.Equal(120, totals.GetProperty("swaps").GetInt32());
        Assert.InRange(totals.GetProperty("swapped").GetInt32(), 60, 120);
        Assert.Equal(480, totals.GetProperty("applied").GetInt64() + totals.GetProperty("failed").GetInt64());
        Assert.True(totals.GetProperty("supply").GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public async Task Run_CrashesFromASeed_EndsAsARunWithoutThem()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "900", "--swaps", "5");
        JsonElement calm = await RunAsync(folder["calm.json"], "--workload", workload, "--round", "50");
        DevnetResult result = await DevnetProcess.RunAsync("run", "--workload", workload, "--round", "50", "--faults", "3", "--report", folder["torn.json"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.InRange(result.Output.Count(line => line.StartsWith("crash ", StringComparison.Ordinal)), 2, 8);
        Assert.Equal(calm.GetProperty("deterministic").GetRawText(), Read(folder["torn.json"]).GetProperty("deterministic").GetRawText());
    }

    /// <summary>The hot shard is split and its halves merged while lines and swaps go on; crashes in mid-write change nothing of it, and what was applied is what is without.</summary>
    [Fact]
    public async Task Run_Reshard_SplitsAndMergesUnderLoad()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "900", "--swaps", "10", "--distribution", "zipf");
        JsonElement still = (await RunAsync(folder["still.json"], "--workload", workload, "--round", "50")).GetProperty("deterministic");
        JsonElement moved = (await RunAsync(folder["moved.json"], "--workload", workload, "--round", "50", "--reshard")).GetProperty("deterministic");
        JsonElement torn = (await RunAsync(folder["torn.json"], "--workload", workload, "--round", "50", "--reshard", "--faults", "5")).GetProperty("deterministic");
        Assert.Equal(moved.GetRawText(), torn.GetRawText());
        Assert.Equal(0, still.GetProperty("changes").GetArrayLength());
        Assert.Equal([true, false], moved.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("change").GetString()!.StartsWith("split", StringComparison.Ordinal)));
        Assert.Equal(3, moved.GetProperty("shards").EnumerateArray().Count(shard => shard.GetProperty("ended").GetBoolean()));
        Assert.All(moved.GetProperty("shards").EnumerateArray(), shard => Assert.True(shard.GetProperty("applied").GetInt64() > 0, shard.GetRawText()));
        Assert.Equal(still.GetProperty("applied").GetInt64(), moved.GetProperty("applied").GetInt64());
        Assert.True(moved.GetProperty("supply").GetProperty("balanced").GetBoolean());
        Assert.InRange(moved.GetProperty("swapped").GetInt64(), moved.GetProperty("swaps").GetInt64() * 3 / 4, moved.GetProperty("swaps").GetInt64());
    }

    [Fact]
    public async Task Run_FileInTheVault_ComesBackAfterLosses()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "20"), file = folder["model.bin"];
        var bytes = new byte[3_000_001];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        JsonElement vault = (await RunAsync(folder["report.json"], "--workload", workload, "--file", file)).GetProperty("measured").GetProperty("vault");
        Assert.Equal(bytes.Length, vault.GetProperty("rawBytes").GetInt64());
        Assert.True(vault.GetProperty("deletedPieces").GetInt32() > 0);
        Assert.InRange(vault.GetProperty("ratio").GetDouble(), 1.5, 1.6);
    }

    /// <summary>Each batch is withheld by a quarter: sampled, caught, released, sampled to the end, repaired; the totals are those of any run.</summary>
    [Theory]
    [InlineData("square", "cell")]
    [InlineData("rows", "row")]
    public async Task Run_Withholding_IsCaughtAndTheBatchesAreThoseOfAnyRun(string code, string unit)
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "2000");
        DevnetResult result = await DevnetProcess.RunAsync("run", "--workload", workload, "--report", folder["report.json"], "--da", code, "--withhold");
        Assert.True(result.ExitCode == 0, result.ToString());
        JsonElement report = Read(folder["report.json"]);
        JsonElement[] batches = [.. report.GetProperty("batches").EnumerateArray()];
        Assert.Equal([0, 250, 250], batches.Select(batch => batch.GetProperty("transfers").GetInt32()));
        foreach (JsonElement batch in batches)
        {
            Assert.InRange(batch.GetProperty("caughtAfter").GetInt32(), 0, batch.GetProperty("sampled").GetInt32());
            Assert.InRange(batch.GetProperty("confidence").GetDouble(), 0.9999, 1);
            Assert.Equal(batch.GetProperty("units").GetInt32() / 2, batch.GetProperty("repaired").GetInt32());
        }
        Assert.Equal(3, result.Output.Count(line => line.Contains($"withheld, caught: {unit} ", StringComparison.Ordinal)));
        Assert.Contains(result.Output, line => line.Contains("confidence by sample", StringComparison.Ordinal));
        JsonElement other = await RunAsync(folder["other.json"], "--workload", workload);
        Assert.Equal(other.GetProperty("deterministic").GetProperty("rollupRoot").GetString(), report.GetProperty("deterministic").GetProperty("rollupRoot").GetString());
    }

    [Theory]
    [InlineData("--workload", "does-not-exist.csv")]
    [InlineData("--workload", ".")]
    [InlineData("--workload", "README.md", "--file", "does-not-exist.bin")]
    [InlineData("--workload", "README.md", "--model", "does-not-exist.onnx")]
    [InlineData("--workload", "README.md", "--model", "synthetic:64")]
    [InlineData("--workload", "README.md", "--model", "synthetic:1001GB")]
    [InlineData("--workload", "README.md", "--shards", "1025")]
    [InlineData("--workload", "README.md", "--report", "no-such-folder/report.json")]
    [InlineData("--workload", "README.md", "--shards", "1024", "--round", "2049")]
    [InlineData("--workload", "README.md", "--confidence", "NaN")]
    [InlineData("--workload", "README.md", "--rollup", "validity", "--lie")]
    [InlineData("--workload", "README.md", "--rollup", "hybrid", "--data", "README.md")]
    [InlineData("--workload", "README.md", "--rollup", "hybrid", "--settlement", "evm")]
    [InlineData("--workload", "README.md", "--settlement", "evm", "--data", "no-such-folder")]
    [InlineData("--workload", "README.md", "--settlement", "evm", "--faults", "1")]
    [InlineData("--workload", "README.md", "--settlement", "evm", "--npm", "no-such-folder")]
    [InlineData("--workload", "README.md", "--escape", "--l2", "0")]
    public async Task Run_UnusableInput_EndsWithOneSentenceAndCodeTwo(params string[] arguments)
    {
        DevnetResult result = await DevnetProcess.RunAsync(["run", .. arguments]);
        Assert.Equal(2, result.ExitCode);
        Assert.Single(result.Errors);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Run_WithoutItsWorkloadOption_EndsWithCodeTwo() => Assert.Equal(2, (await DevnetProcess.RunAsync("run")).ExitCode);

    // As many wallets as keys are kept: the first line for the rollup comes from the wallet whose key is the next to go,
    // and names one that is new.
    [Fact]
    public async Task Run_MoreWalletsThanKeysKept_SignsForAll()
    {
        using var folder = new TemporaryFolder();
        IEnumerable<string> lines = Enumerable.Range(0, 8192).Select(i => $"n{i},n0,1");
        await File.WriteAllLinesAsync(folder["many.csv"], [.. lines.Take(99), "n0,fresh,1", .. lines.Skip(99)], TestContext.Current.CancellationToken);
        JsonElement totals = (await RunAsync(folder["report.json"], "--workload", folder["many.csv"], "--l2", "1", "--round", "8193")).GetProperty("deterministic");
        Assert.Equal((8193 - 81, 81), (totals.GetProperty("applied").GetInt32(), totals.GetProperty("rollupTransfers").GetInt32()));
    }

    [Fact]
    public async Task Run_LinesOfManyRounds_AreOneRoundEachWhateverTheShard()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllLinesAsync(folder["hot.csv"], Enumerable.Range(0, 5000).Select(i => i % 1000 == 0 ? $"h{i},hot,1" : $"hot,h{i % 7},1"), TestContext.Current.CancellationToken);
        JsonElement totals = (await RunAsync(folder["report.json"], "--workload", folder["hot.csv"], "--l2", "0", "--shards", "1024", "--round", "2048", "--seats", "1")).GetProperty("deterministic");
        Assert.Equal((5000, 3), (totals.GetProperty("applied").GetInt32() + totals.GetProperty("failed").GetInt32(), totals.GetProperty("rounds").GetInt32()));
    }

    [Fact]
    public async Task Run_ResumedWithoutTheDataOfABatch_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "20");
        await RunAsync(folder["report.json"], "--workload", workload, "--data", folder["data"]);
        foreach (string file in Directory.GetFiles(Path.Combine(folder["data"], "squares"))) File.WriteAllBytes(file, []);
        DevnetResult resumed = await DevnetProcess.RunAsync("run", "--workload", workload, "--data", folder["data"]);
        Assert.Equal(2, resumed.ExitCode);
        Assert.Contains("batch 0", Assert.Single(resumed.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FolderOfAnotherRun_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "20");
        await RunAsync(folder["report.json"], "--workload", workload, "--data", folder["data"]);
        DevnetResult other = await DevnetProcess.RunAsync("run", "--workload", workload, "--data", folder["data"], "--seed", "2");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("seed", Assert.Single(other.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_StopsCleanlyAndResumes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no kill -INT.");
        using var folder = new TemporaryFolder();
        string workload = await GenerateAsync(folder, "--lines", "4000");
        string[] arguments = ["run", "--workload", workload, "--data", folder["data"], "--round", "20"];
        using (DevnetProcess devnet = DevnetProcess.Start(arguments))
        {
            while (devnet.Lines.IsEmpty && !devnet.HasExited) await Task.Delay(10, TestContext.Current.CancellationToken);
            devnet.Interrupt();
            DevnetResult stopped = await devnet.EndAsync();
            Assert.True(stopped.ExitCode == 130, stopped.ToString());
            Assert.Contains("Stopped after round", Assert.Single(stopped.Errors), StringComparison.Ordinal);
        }
        DevnetResult resumed = await DevnetProcess.RunAsync(arguments);
        Assert.True(resumed.ExitCode == 0, resumed.ToString());
        Assert.StartsWith("resumed after round ", resumed.Output[0], StringComparison.Ordinal);
    }

    internal static async Task<string> GenerateAsync(TemporaryFolder folder, params string[] arguments)
    {
        string workload = folder["workload.csv"];
        string[] accounts = arguments.Contains("--accounts") ? [] : ["--accounts", "50"];
        DevnetResult generated = await DevnetProcess.RunAsync(["generate", "--output", workload, .. accounts, .. arguments]);
        Assert.True(generated.ExitCode == 0, generated.ToString());
        return workload;
    }

    internal static async Task<JsonElement> RunAsync(string report, params string[] arguments)
    {
        DevnetResult result = await DevnetProcess.RunAsync(["run", .. arguments, "--report", report]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return Read(report);
    }

    internal static JsonElement Read(string report)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(report));
        return json.RootElement.Clone();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
