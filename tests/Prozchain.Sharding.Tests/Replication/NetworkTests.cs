using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Beacon and shards over one pool of validators, in the simulator.</summary>
public class NetworkTests(ITestOutputHelper output)
{
    private static NetworkWorldOptions Options(int shards, int pool, FaultPlan? plan = null) => new()
    {
        Bank = new BankOptions
        {
            Signer = seed => new TestSigner(seed), Verifier = () => new TestVerifier(), Shards = shards, Validators = 4, TransfersPerSecond = 30, LoadMs = 20_000,
            World = new WorldOptions { Faults = plan ?? FaultPlan.None },
        },
        Vrf = new TestVrf(), VrfKey = i => TestVrf.KeyOf(i), Prove = (i, message) => TestVrf.Prove(TestVrf.KeyOf(i), message), Pool = pool,
    };

    [Fact]
    public void Run_NoFaults_EpochsChangeUnderLoad()
    {
        using var network = new NetworkWorld(TestSettings.Seed, Options(2, 12));
        network.World.RunTo(30_000);
        NetworkReport report = network.Report();
        output.WriteLine(report.ToString());
        Assert.True(report is { Epoch: >= 2, Freezes: 0, Withheld: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 200, LowestHeight: > 150 } }, $"Expected epochs and a bank at rest, got {report} with seed {TestSettings.Seed}.");
    }
}
