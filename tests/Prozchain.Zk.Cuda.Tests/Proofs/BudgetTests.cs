using System.Globalization;
using System.Text.RegularExpressions;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Whatever a proof may take of the device's memory, it takes no more, and its bytes are the same.</summary>
[Collection(nameof(DeviceTests))]
public sealed partial class BudgetTests
{
    [Theory]
    [InlineData(4, StarkHash.Keccak256, false, 2, 7)]
    [InlineData(5, StarkHash.Blake3, false, 7, 5)]
    [InlineData(8, StarkHash.Sha256, false, 2, 6)]
    public void OfKoalaBears(int degree, StarkHash hash, bool hiding, int ring, int pairs) => OfARing<F>(degree, hash, hiding, ring, pairs);

    [Fact]
    public void OfBabyBears() => OfARing<Field31<BabyBear>>(4, StarkHash.Poseidon2, hiding: true, 6, 7);

    /// <summary>A trace that the device makes, for lookups once more, takes memory that one of the host does not: where that is not there, the host makes it.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(14)]
    public void OfATraceThatTheDeviceMakes_IsPlanned(int logRows)
    {
        Poseidon2Air<KoalaBear> air = new(8, onBus: true);
        StarkKey<F> key = StarkKey.Create<F>([air], StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>([air], logRows, logRows), 4, 1, 20, default, 2, 0));
        Trace<F> described = air.Describe(new F[16 * 8 << logRows]);
        DevicePlan first = Plan(long.MaxValue, described), second = Plan(first.Bytes - 1, described);
        Assert.Equal((true, true, first.Bytes), (first.IsResident, first.MakesTraces, first.ResidentBytes));
        Assert.Equal((true, false, second.Bytes), (second.IsResident, second.MakesTraces, second.ResidentBytes));
        Assert.Equal(second, Plan(long.MaxValue, null));
        Assert.InRange(first.Bytes - second.Bytes, 1, 4L * described.Width * described.Height + 4 * (16 * 8 << logRows) + 4096);
        Assert.False(Plan(second.Bytes - 1, described).IsResident);

        DevicePlan Plan(long budget, Trace<F>? trace) => DevicePlan.Of<F, KoalaBear4, ByteMatrixHash<F, Keccak256>>(
            new(key, [(byte)logRows]), new(1), 8, budget, trace is null ? null : [trace]);
    }

    [Fact]
    public void OfATraceThatTheDeviceMakes()
    {
        BusCase statement = new();
        StarkKey<F> key = statement.Key();
        Climb(options => StarkProver.Prove(key, statement.Traces(isDescribed: true), [[], []], options));
    }

    [Fact]
    public void OfAWideTable_AnEighthOfWhatStaysIsEnough()
    {
        WideCase statement = new(1000, 8);
        byte[] expected = statement.Prove(new()).Messages.ToArray();
        long resident = Check(options => statement.Prove(options), expected, budget: 0).Bytes;
        CudaMemoryPlan plan = Check(options => statement.Prove(options), expected, resident / 8);
        Assert.False(plan.IsResident);
        Assert.Equal(resident, plan.ResidentBytes);
    }

    [Fact]
    public void OfADevice_WithoutABudget_IsWhatItHas()
    {
        TestDevice.RequireEmulated();
        WideCase statement = new(300, 8);
        byte[] expected = statement.Prove(new()).Messages.ToArray();
        long resident = Check(options => statement.Prove(options), expected, budget: 0).Bytes;
        EmulatedDriver.SetDevice(1, 12000, 8, 0, (ulong)resident);
        Reported reported = new();
        using (CudaDevice device = TestDevice.OpenAsSet())
            Assert.Equal(expected, statement.Prove(new StarkProverOptions().WithCuda(device, plans: reported)).Messages.ToArray());
        Assert.False(reported.Plan!.IsResident);
        Assert.InRange(reported.Plan.Bytes, 1, resident / 10 * 9);
        Assert.Equal(0, EmulatedDriver.Outstanding());
    }

    private static void OfARing<TField>(int degree, StarkHash hash, bool hiding, int ring, int pairs) where TField : unmanaged, ITwoAdicField<TField>
    {
        RingCase<TField> statement = new(degree, hash, hiding, ring, pairs, logBlowup: 1);
        Climb(options => statement.Prove(options with { Randomness = new SeededGenerator(3) }));
    }

    // Down all ways from the fastest on.
    private static void Climb(Func<StarkProverOptions, StarkProof> prove)
    {
        byte[] expected = prove(new()).Messages.ToArray();
        CudaMemoryPlan all = Check(prove, expected, budget: 0);
        Assert.True(all.IsResident);
        Assert.Equal(all, Check(prove, expected, all.Bytes));
        long least = Least(() => Check(prove, expected, budget: 1));
        Assert.InRange(least, 1, all.Bytes - 1);
        // All ways between: each takes less than the one before.
        int ways = 0;
        for (CudaMemoryPlan plan = all; plan.Bytes > least; ways++)
        {
            CudaMemoryPlan next = Check(prove, expected, plan.Bytes - 1);
            Assert.False(next.IsResident);
            plan = next;
        }
        Assert.InRange(ways, 1, 12);
        Assert.Equal(least, Least(() => Check(prove, expected, least - 1)));

        static long Least(Func<object> prove)
        {
            CudaException refused = Assert.Throws<CudaException>(prove);
            Assert.Equal(2, refused.Status);
            return long.Parse(Bytes().Match(refused.Message).Groups[1].Value, CultureInfo.InvariantCulture);
        }
    }

    // The plan of a proof that keeps to it.
    private static CudaMemoryPlan Check(Func<StarkProverOptions, StarkProof> prove, byte[] expected, long budget)
    {
        Reported reported = new();
        using (CudaDevice device = TestDevice.Open())
        {
            Assert.Equal(expected, prove(new StarkProverOptions().WithCuda(device, budget, reported)).Messages.ToArray());
            Assert.Equal(1, device.Turn.CurrentCount);
        }
        if (budget > 0) Assert.InRange(reported.Plan!.Bytes, 1, budget);
        if (TestDevice.IsReal) return reported.Plan!;
        Assert.InRange(EmulatedDriver.Count(3), reported.Plan!.Bytes / 3, reported.Plan.Bytes);
        Assert.Equal(0, EmulatedDriver.Outstanding());
        return reported.Plan;
    }

    [GeneratedRegex("at least ([0-9]+) bytes")]
    private static partial Regex Bytes();

    private sealed class Reported : IProgress<CudaMemoryPlan>
    {
        public CudaMemoryPlan? Plan { get; private set; }

        public void Report(CudaMemoryPlan value) => Plan = value;
    }
}
