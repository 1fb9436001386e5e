using Prozchain.DataAvailability.Sampling;
using Prozchain.DataAvailability.Simulation;

namespace Prozchain.DataAvailability.Tests.Simulation;

public class WithholdingSimulationTests
{
    [Fact]
    public void Run_SameSeed_SameReport()
    {
        var options = new SimulationOptions { Blocks = 8, Clients = 50 };
        string report = SimulationTable.Of(WithholdingSimulation.Run(options));
        Assert.Equal(report, SimulationTable.Of(WithholdingSimulation.Run(options)));
        Assert.NotEqual(report, SimulationTable.Of(WithholdingSimulation.Run(options with { Seed = 2 })));
    }

    /// <summary>What was achieved lies within five standard deviations of what theory states, for each protocol that samples.</summary>
    [Theory]
    [InlineData(0, 8)]
    [InlineData(30, 8)]
    [InlineData(60, 3)]
    public void Run_Withholding_FoolsAsManyAsStated(int adversarial, int connections)
    {
        var options = new SimulationOptions
        {
            Blocks = 10, Clients = 400, AdversarialNodes = adversarial, Connections = connections, PayloadBytes = 200_000,
            Adversaries = Adversaries.Withholding | Adversaries.Eclipse,
        };
        foreach (ProtocolReport report in WithholdingSimulation.Run(options))
        {
            Assert.Equal((5, 5, 2000L), (report.WithheldBlocks, report.HonestBlocks, report.Asked));
            if (report.Protocol.Samples == 0) continue;
            double deviation = Math.Sqrt(report.StatedFooled * (1 - report.StatedFooled) * report.Asked);
            Assert.InRange(report.Fooled, report.StatedFooled * report.Asked - 5 * deviation - 1, report.StatedFooled * report.Asked + 5 * deviation + 1);
        }
    }

    [Fact]
    public void Run_SelectiveServing_FoolsTheFirstAndNotMuchMore()
    {
        var options = new SimulationOptions { Blocks = 2, Clients = 300, PayloadBytes = 20_000, Adversaries = Adversaries.SelectiveServing };
        foreach (ProtocolReport report in WithholdingSimulation.Run(options).Where(report => report.Protocol.Samples > 0))
        {
            Assert.Equal(1, report.SelectiveBlocks);
            Assert.True(report.SelectivelyFooled >= Math.Min(options.Clients, SelectiveServing.SurelyFooled(report.Protocol.Scheme, report.Protocol.Samples)));
            int most = SelectiveServing.MostFooled(report.Protocol.Scheme, options.Clients, report.Protocol.Samples, 1e-6);
            Assert.True(report.SelectivelyFooled <= most, $"{report.Protocol.Name}: {report.SelectivelyFooled} of at most {most}");
        }
    }

    /// <summary>A certificate fools all or nobody: nobody while less than a third is the adversary's.</summary>
    [Theory]
    [InlineData(33, 0, 0)]
    [InlineData(34, 1, 1)]
    [InlineData(67, 1, 1)]
    public void Run_Certificates_HoldUpToAThird(int adversarial, int fooled, int rejected)
    {
        var options = new SimulationOptions { Blocks = 2, Clients = 10, AdversarialNodes = adversarial, Adversaries = Adversaries.Withholding };
        foreach (ProtocolReport report in WithholdingSimulation.Run(options).Where(report => report.Protocol is { Samples: 0, Scheme.Population: 100 }))
        {
            Assert.Equal((10L * fooled, (double)fooled), (report.Fooled, report.StatedFooled));
            Assert.Equal(10L * rejected, report.HonestRejected);
            Assert.Equal(fooled == 0 ? "∞" : "0", report.AchievedBits.ToString(System.Globalization.CultureInfo.InvariantCulture).Replace("Infinity", "∞", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Run_MisEncoding_PassesOnlyWhereAProofCannotReach()
    {
        var options = new SimulationOptions { Blocks = 4, Clients = 300, AdversarialNodes = 80, Connections = 3, Adversaries = Adversaries.MisEncoding | Adversaries.Eclipse };
        foreach (ProtocolReport report in WithholdingSimulation.Run(options))
        {
            Assert.Equal(2, report.MisEncodedBlocks);
            if (report.Protocol.Encoding == EncodingCheck.FraudProof) Assert.InRange(report.MisEncodedAccepted, 1, 599);
            else Assert.Equal(0, report.MisEncodedAccepted);
        }
        Assert.All(WithholdingSimulation.Run(options with { Adversaries = Adversaries.MisEncoding }), report => Assert.Equal(0, report.MisEncodedAccepted));
    }

    [Fact]
    public void Run_Churn_CostsRepairAndLosesOnlyWhatNobodyHolds()
    {
        var options = new SimulationOptions { Blocks = 20, Clients = 1, Adversaries = Adversaries.Churn };
        foreach (ProtocolReport report in WithholdingSimulation.Run(options))
        {
            Assert.Equal(0, report.LostBlocks);
            Assert.True(report.RepairBytesPerNode > 0 && report.LeastRedundancy >= 1);
        }
        foreach (ProtocolReport report in WithholdingSimulation.Run(options with { Churn = 1 }))
            Assert.Equal((20, 0.0), (report.LostBlocks, report.LeastRedundancy));
        foreach (ProtocolReport report in WithholdingSimulation.Run(options with { Churn = 0 }))
            Assert.Equal((0, 0.0), (report.LostBlocks, report.RepairBytesPerNode));
    }

    [Fact]
    public void Protocols_Bytes_AreThoseOfTheirShapes()
    {
        const int payload = 2 << 20;
        SimulatedProtocol[] all = [.. SimulatedProtocol.All(payload, 100)];
        Assert.InRange(all[0].UnitsPerNode * all[0].UnitSize, payload - (1 << 17), payload);
        Assert.Equal(8L * 16 * (2048 + 48) + 16 * 48, all[1].BytesPerNode);
        // Three times a fair share for rows, 4.5 times for slivers, 8 times for chunks.
        Assert.InRange((all[2].BytesPerNode - 65_536) * 100.0 / payload, 2.9, 3.3);
        Assert.InRange(all[3].UnitSize * 100.0 / payload, 4.3, 4.8);
        Assert.InRange((all[4].BytesPerNode - 9048) * 100.0 / payload, 7.9, 8.5);
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => WithholdingSimulation.Run(new SimulationOptions { Nodes = 3 }));
        Assert.Throws<ArgumentException>(() => WithholdingSimulation.Run(new SimulationOptions { AdversarialNodes = 100 }));
        Assert.Throws<ArgumentException>(() => WithholdingSimulation.Run(new SimulationOptions { Connections = 101 }));
        Assert.Throws<ArgumentException>(() => WithholdingSimulation.Run(new SimulationOptions { Churn = double.NaN }));
        Assert.Throws<OperationCanceledException>(() => WithholdingSimulation.Run(new SimulationOptions(), cancellationToken: new CancellationToken(true)));
    }
}
