using System.IO.Compression;
using System.Text.Json;
using Prozchain.Testing;

namespace Prozchain.Composition.Tests;

/// <summary>A model through the Devnet: the vault, the registry, inference and receipts together.</summary>
public class ModelRunTests
{
    /// <summary>Stored, a third of the shards lost, audited, repaired, served; who cheats is found out at the operator it changed.</summary>
    [Fact]
    public async Task Run_SyntheticModel_IsRepairedServedAndItsCheatFound()
    {
        using var folder = new TemporaryFolder();
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "20");
        JsonElement model = (await DevnetTests.RunAsync(folder["report.json"], "--workload", workload, "--model", "synthetic:8MB")).GetProperty("measured").GetProperty("model");
        Assert.Equal("devnet/synthetic-8mb@1", model.GetProperty("reference").GetString());
        Assert.InRange(model.GetProperty("rawBytes").GetInt64(), 7_900_000, 8_000_000);
        Assert.InRange(model.GetProperty("ratio").GetDouble(), 0.9, 1.1);
        Assert.True(model.GetProperty("lostPieces").GetInt32() >= 8);
        Assert.Equal(model.GetProperty("lostPieces").GetInt32(), model.GetProperty("repairedPieces").GetInt32());
        Assert.Equal((false, true), (model.GetProperty("auditWithout").GetProperty("passes").GetBoolean(), model.GetProperty("audit").GetProperty("passes").GetBoolean()));
        // Next to it a fine-tune, which takes a small part of what it does, and came through the same losses.
        JsonElement tuned = model.GetProperty("fineTune");
        Assert.Equal("devnet/synthetic-8mb@2", tuned.GetProperty("reference").GetString());
        Assert.Equal(model.GetProperty("rawBytes").GetInt64(), tuned.GetProperty("rawBytes").GetInt64());
        Assert.True(tuned.GetProperty("stripesAsDifference").GetInt32() > 0);
        Assert.InRange(tuned.GetProperty("ratio").GetDouble(), 0.01, 0.3);
        Assert.Equal(Math.Round((double)tuned.GetProperty("storedBytes").GetInt64() / tuned.GetProperty("rawBytes").GetInt64(), 4), tuned.GetProperty("ratio").GetDouble());
        Assert.True(tuned.GetProperty("lostPieces").GetInt32() >= 8);
        Assert.Equal(tuned.GetProperty("lostPieces").GetInt32(), tuned.GetProperty("repairedPieces").GetInt32());
        JsonElement inference = model.GetProperty("inference");
        JsonElement figures = inference.GetProperty("figures");
        long done = figures.GetProperty("done").GetInt64();
        Assert.Equal(figures.GetProperty("sent").GetInt64(), done + figures.GetProperty("refused").GetInt64() + figures.GetProperty("late").GetInt64());
        Assert.Equal(done + 1, inference.GetProperty("receipts").GetInt64());
        Assert.True(inference.GetProperty("compared").GetInt32() > 0);
        Assert.Equal(inference.GetProperty("cheat").GetProperty("altered").GetString(), inference.GetProperty("cheat").GetProperty("operator").GetString());
    }

    /// <summary>A network of floats from elsewhere is lowered and served itself, from pieces on disk.</summary>
    [Fact]
    public async Task Run_OnnxModel_IsLoweredAndServed()
    {
        using var folder = new TemporaryFolder();
        string workload = await DevnetTests.GenerateAsync(folder, "--lines", "20"), file = folder["Linear Net.onnx"];
        using (ZipArchive zip = ZipFile.OpenRead(TestVectors.Require("onnx/pytorch-converted.zip")))
            zip.Entries.Single(entry => entry.FullName.EndsWith("test_Linear/model.onnx", StringComparison.Ordinal)).ExtractToFile(file);
        JsonElement model = (await DevnetTests.RunAsync(folder["report.json"], "--workload", workload, "--model", file)).GetProperty("measured").GetProperty("model");
        Assert.Equal(("devnet/linear-net.onnx@1", "Onnx"), (model.GetProperty("reference").GetString(), model.GetProperty("format").GetString()));
        JsonElement inference = model.GetProperty("inference");
        Assert.Equal("devnet/linear-net.onnx-int8@1", inference.GetProperty("reference").GetString());
        Assert.StartsWith("MatMul#", inference.GetProperty("cheat").GetProperty("operator").GetString(), StringComparison.Ordinal);
    }
}
