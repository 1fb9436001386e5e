using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Whatever fails on the way, a proof ends with a reason and gives all back.</summary>
[Collection(nameof(DeviceTests))]
public sealed class FaultTests
{
    private const int OutOfMemory = 2, IllegalAddress = 700, LaunchFailed = 719;

    private static readonly RingCase<F> s_statement = new(4, StarkHash.Keccak256, hiding: true, 6, 6, 1);

    [Theory]
    [InlineData(OutOfMemory)]
    [InlineData(IllegalAddress)]
    [InlineData(LaunchFailed)]
    public void Prove_ACallThatFails_EndsWithItsStatusAndGivesAllBack(int status) => Check(status, Prove);

    /// <summary>Of a trace that the device makes, for its columns and once more for lookups.</summary>
    [Fact]
    public void Prove_ACallThatFailsWithATraceOfTheDevice_EndsWithItsStatusAndGivesAllBack()
    {
        const int Count = 64;
        Poseidon2Air<KoalaBear> air = new(1, onBus: true);
        StarkKey<F> key = StarkKey.Create<F>([air], StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>([air], 6, 6), 4, 1, 20, default, 2, 0));
        Check(LaunchFailed, device => StarkProver.Prove(
            key, [air.Describe(new F[16 * Count], 1, new uint[Count])], [[]], device is null ? null : new StarkProverOptions().WithCuda(device)));
    }

    private static void Check(int status, Func<CudaDevice?, StarkProof> prove)
    {
        TestDevice.RequireEmulated();
        byte[] expected = prove(null).Messages.ToArray();
        int failed = 0;
        // Early calls one by one, later ones in ever longer steps, until none fails any more.
        for (int call = 1; ; call += 1 + call / 12)
        {
            EmulatedDriver.Reset();
            if (!CudaDevice.TryOpen(out CudaDevice? device, out string reason)) Assert.Fail(reason);
            using (device)
            {
                EmulatedDriver.Fail(call, status);
                CudaException? fault = null;
                try
                {
                    Assert.Equal(expected, prove(device).Messages.ToArray());
                }
                catch (CudaException thrown)
                {
                    fault = thrown;
                }
                EmulatedDriver.Fail(0, 0);
                Assert.Equal(1, device.Turn.CurrentCount);
                if (fault is null) break;
                Assert.Equal(status, fault.Status);
                Assert.Contains($"({status})", fault.Message, StringComparison.Ordinal);
                failed++;
                // The device serves the next proof, once it is there again.
                if (call < 4) Assert.Equal(expected, prove(device).Messages.ToArray());
            }
            Assert.Equal(0, EmulatedDriver.Outstanding());
        }
        Assert.True(failed > 40, $"Expected many calls that can fail, got {failed}.");
    }

    [Fact]
    public void Prove_Cancelled_GivesAllBack()
    {
        using (CudaDevice device = TestDevice.Open())
        {
            foreach (StarkStage stage in (StarkStage[])[StarkStage.Traces, StarkStage.Quotient, StarkStage.Openings, StarkStage.LowDegreeTest])
            {
                using CancellationTokenSource source = new();
                Assert.ThrowsAny<OperationCanceledException>(() => StarkProver.Prove(
                    s_statement.Key, s_statement.Traces, s_statement.Publics, new StarkProverOptions().WithCuda(device), new CancelAt(stage, source), source.Token));
                Assert.Equal(1, device.Turn.CurrentCount);
            }
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Prove_BudgetThatIsTooSmall_SaysWhatItWasFor()
    {
        using CudaDevice device = TestDevice.Open();
        CudaException refused = Assert.Throws<CudaException>(() => s_statement.Prove(new StarkProverOptions().WithCuda(device, memoryBudget: 17_000_000)));
        Assert.Contains("would pass the budget of 17000000 bytes", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, device.Turn.CurrentCount);
    }

    [Fact]
    public async Task Prove_TwoAtOnce_BothAreMade()
    {
        using CudaDevice device = TestDevice.Open();
        StarkProof[] proofs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Prove(device))));
        Assert.Equal(proofs[0].Messages.ToArray(), proofs[1].Messages.ToArray());
    }

    private static StarkProof Prove(CudaDevice? device = null)
    {
        using var randomness = new SeededGenerator(5);
        StarkProverOptions options = new() { Randomness = randomness };
        return s_statement.Prove(device is null ? options : options.WithCuda(device));
    }

    

    private sealed class CancelAt(StarkStage stage, CancellationTokenSource source) : IProgress<StarkProgress>
    {
        public void Report(StarkProgress value)
        {
            if (value.Stage == stage) source.Cancel();
        }
    }
}
