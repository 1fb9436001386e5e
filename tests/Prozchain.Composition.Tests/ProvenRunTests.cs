using System.Text.Json;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>The Devnet's rollup with proofs of its batches: keys of hashes, accounts by number, rows without signatures.</summary>
public class ProvenRunTests
{
    /// <summary>All batches are proven, and a withdrawal is paid; that takes minutes, and no week.</summary>
    [Fact]
    public async Task Run_WithValidity_ProvesEveryBatchAndPaysAWithdrawal()
    {
        using var folder = new TemporaryFolder();
        JsonElement report = await RunAsync(folder, "--rollup", "validity", "--withdraw");
        Assert.Equal(["withdraw"], Trials(report));
    }

    /// <summary>A lie about the first batch falls by one proof, and what leaves is proven before it is paid.</summary>
    [Fact]
    public async Task Run_WithHybrid_EndsALieByOneProofAndPaysAWithdrawal()
    {
        using var folder = new TemporaryFolder();
        JsonElement report = await RunAsync(folder, "--rollup", "hybrid", "--lie", "--withdraw");
        Assert.Equal(["lie", "lie", "lie", "withdraw"], Trials(report));
        Assert.Contains(report.GetProperty("trials").EnumerateArray(), note => note.GetProperty("sentence").GetString()!.EndsWith("in one round", StringComparison.Ordinal));
    }

    private static async Task<JsonElement> RunAsync(TemporaryFolder folder, params string[] options)
    {
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "20", "--accounts", "4");
        JsonElement report = await DevnetTests.RunAsync(folder["report.json"], ["--workload", workload, "--l2", "50", .. options]);
        JsonElement totals = report.GetProperty("deterministic"), supply = totals.GetProperty("supply");
        Assert.Equal(10, totals.GetProperty("rollupTransfers").GetInt32());
        Assert.True(supply.GetProperty("balanced").GetBoolean());
        Assert.True(supply.GetProperty("left").GetUInt64() > 0);
        Assert.All(report.GetProperty("batches").EnumerateArray(), batch => Assert.Equal("final", batch.GetProperty("verdict").GetString()));
        return report;
    }

    private static IEnumerable<string?> Trials(JsonElement report) => report.GetProperty("trials").EnumerateArray().Select(note => note.GetProperty("trial").GetString());
}
