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
    public void Prove_ACallThatFails_EndsWithItsStatusAndGivesAllBack(int status) => Check(status, device => Prove(device), step: 12);

    [Theory]
    [InlineData(OutOfMemory)]
    [InlineData(LaunchFailed)]
    public void Prove_ACallThatFailsInPieces_EndsWithItsStatusAndGivesAllBack(int status)
    {
        long budget = InPieces();
        Check(status, device => Prove(device, budget), step: 6);
    }

    /// <summary>Of a trace that the device makes, for its columns and once more for lookups.</summary>
    [Fact]
    public void Prove_ACallThatFailsWithATraceOfTheDevice_EndsWithItsStatusAndGivesAllBack()
    {
        const int Count = 64;
        Poseidon2Air<KoalaBear> air = new(1, onBus: true);
        StarkKey<F> key = StarkKey.Create<F>([air], StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>([air], 6, 6), 4, 1, 20, default, 2, 0));
        Check(LaunchFailed, device => StarkProver.Prove(
            key, [air.Describe(new F[16 * Count], 1, new uint[Count])], [[]], device is null ? null : new StarkProverOptions().WithCuda(device)), step: 12);
    }

    private static void Check(int status, Func<CudaDevice?, StarkProof> prove, int step)
    {
        TestDevice.RequireEmulated();
        byte[] expected = prove(null).Messages.ToArray();
        int failed = 0;
        // Early calls one by one, later ones in ever longer steps, until none fails any more.
        for (int call = 1; ; call += 1 + call / step)
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Prove_Cancelled_GivesAllBack(bool inPieces)
    {
        long budget = inPieces ? InPieces() : 0;
        using (CudaDevice device = TestDevice.Open())
        {
            foreach (StarkStage stage in (StarkStage[])[StarkStage.Traces, StarkStage.Quotient, StarkStage.Openings, StarkStage.LowDegreeTest])
            {
                using CancellationTokenSource source = new();
                Assert.ThrowsAny<OperationCanceledException>(() => StarkProver.Prove(
                    s_statement.Key, s_statement.Traces, s_statement.Publics, new StarkProverOptions().WithCuda(device, budget), new CancelAt(stage, source), cancellation: source.Token));
                Assert.Equal(1, device.Turn.CurrentCount);
            }
        }
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    [Fact]
    public void Prove_BudgetThatIsTooSmall_SaysWhatIsNeededAndTakesNothing()
    {
        using CudaDevice device = TestDevice.Open();
        CudaException refused = Assert.Throws<CudaException>(() => s_statement.Prove(new StarkProverOptions().WithCuda(device, memoryBudget: 17_000)));
        Assert.Matches("Expected a budget of at least [0-9]+ bytes of the device's memory for this proof, [0-9]+ for it to go at once, got 17000.", refused.Message);
        if (!TestDevice.IsReal) Assert.Equal(0, EmulatedDriver.Count(3));
        Assert.Equal(1, device.Turn.CurrentCount);
    }

    [Fact]
    public async Task Prove_TwoAtOnce_BothAreMade()
    {
        using CudaDevice device = TestDevice.Open();
        StarkProof[] proofs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Prove(device))));
        Assert.Equal(proofs[0].Messages.ToArray(), proofs[1].Messages.ToArray());
    }

    // What all that stays takes, less a byte.
    private static long InPieces()
    {
        Planned planned = new();
        using CudaDevice device = TestDevice.Open();
        s_statement.Prove(new StarkProverOptions().WithCuda(device, plans: planned));
        return planned.Bytes - 1;
    }

    private static StarkProof Prove(CudaDevice? device = null, long budget = 0)
    {
        using var randomness = new SeededGenerator(5);
        StarkProverOptions options = new() { Randomness = randomness };
        return s_statement.Prove(device is null ? options : options.WithCuda(device, budget));
    }

    private sealed class Planned : IProgress<CudaMemoryPlan>
    {
        public long Bytes { get; private set; }

        public void Report(CudaMemoryPlan value) => Bytes = value.Bytes;
    }

    private sealed class CancelAt(StarkStage stage, CancellationTokenSource source) : IProgress<StarkProgress>
    {
        public void Report(StarkProgress value)
        {
            if (value.Stage == stage) source.Cancel();
        }
    }
}
