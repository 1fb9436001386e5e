using System.Text.Json;
using Prozchain.Devnet.Adapters;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>The Devnet's rollup where somebody misbehaves, on both settlement layers.</summary>
public class RollupRunTests
{
    private static readonly string[] s_trials = ["--withdraw", "--lie", "--censor", "--escape"];

    /// <summary>The proposer lies, the sequencer refuses, everything stops; crashes in between change nothing of how it ends, and all value is accounted for.</summary>
    [Fact]
    public async Task Run_WhereEverybodyMisbehaves_EndsWellAndAlsoWithCrashes()
    {
        using var folder = new TemporaryFolder();
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "600");
        JsonElement calm = await DevnetTests.RunAsync(folder["calm.json"], ["--workload", workload, "--round", "100", .. s_trials]);
        JsonElement torn = await DevnetTests.RunAsync(folder["torn.json"], ["--workload", workload, "--round", "100", "--faults", "11", .. s_trials]);
        Assert.Equal(calm.GetProperty("deterministic").GetRawText(), torn.GetProperty("deterministic").GetRawText());
        AssertTrials(calm, 150);
    }

    /// <summary>Stopped where everything is final and somebody has left, it ends the same again.</summary>
    [Fact]
    public async Task Run_AgainAfterItsEnd_EndsTheSame()
    {
        using var folder = new TemporaryFolder();
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "40");
        string[] arguments = ["--workload", workload, "--data", folder["data"], .. s_trials];
        JsonElement first = await DevnetTests.RunAsync(folder["first.json"], arguments);
        JsonElement second = await DevnetTests.RunAsync(folder["second.json"], arguments);
        Assert.Equal(first.GetProperty("deterministic").GetRawText(), second.GetProperty("deterministic").GetRawText());
        AssertTrials(first, 10);
    }

    /// <summary>On an EVM, with signed calls, the rollup comes to the state that it comes to on the beacon.</summary>
    [Fact]
    public async Task Run_SettledOnAnEvm_EndsAsOnTheBeacon()
    {
        string? missing = AnvilSettlement.Missing(Path.Combine(RepositoryRoot.Path, "artifacts", "npm"));
        Assert.SkipWhen(missing is not null, missing ?? "");
        using var folder = new TemporaryFolder();
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "40");
        JsonElement beacon = await DevnetTests.RunAsync(folder["beacon.json"], ["--workload", workload, .. s_trials]);
        JsonElement evm = await DevnetTests.RunAsync(folder["evm.json"], ["--workload", workload, "--settlement", "evm", .. s_trials]);
        AssertTrials(evm, 10);
        foreach (string same in (string[])["rollupTransfers", "rollupBatches", "rollupRoot", "supply"])
            Assert.Equal(beacon.GetProperty("deterministic").GetProperty(same).GetRawText(), evm.GetProperty("deterministic").GetProperty(same).GetRawText());
    }

    private static void AssertTrials(JsonElement report, int transfers)
    {
        Assert.Equal(["lie", "lie", "lie", "lie", "censor", "censor", "censor", "withdraw", "escape", "escape"], report.GetProperty("trials").EnumerateArray().Select(note => note.GetProperty("trial").GetString()));
        Assert.Contains(report.GetProperty("trials").EnumerateArray(), note => note.GetProperty("sentence").GetString()!.StartsWith("17 moves narrow it down", StringComparison.Ordinal));
        JsonElement totals = report.GetProperty("deterministic"), supply = totals.GetProperty("supply");
        Assert.Equal(transfers, totals.GetProperty("rollupTransfers").GetInt32());
        Assert.True(supply.GetProperty("balanced").GetBoolean());
        Assert.True(supply.GetProperty("left").GetUInt64() > 0);
        Assert.Equal(supply.GetProperty("escrow").GetUInt64(), supply.GetProperty("bridge").GetUInt64() + supply.GetProperty("left").GetUInt64());
        JsonElement[] batches = [.. report.GetProperty("batches").EnumerateArray()];
        Assert.All(batches, batch => Assert.Equal("final", batch.GetProperty("verdict").GetString()));
        Assert.Equal((0, 1), (batches[^1].GetProperty("transfers").GetInt32(), batches[^1].GetProperty("forced").GetInt32()));
    }
}
