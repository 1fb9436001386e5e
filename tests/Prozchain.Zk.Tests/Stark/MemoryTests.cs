using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>What a proof takes: no more than its budget, no more than was reckoned, and little the second time.</summary>
public sealed class MemoryTests
{
    private static readonly Poseidon2Air<KoalaBear> s_air = new(8);

    private static StarkKey<F> Key(int logRows, bool hiding) => StarkKey.Create<F>(
        [s_air], StarkParameters.ForBenchmark(StarkKey.ShapeOf<F>([s_air], logRows, logRows, hiding), 4, 1, 24, default, 2, 0));

    /// <summary>Each way takes just what was reckoned, and gives the same proof.</summary>
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void EveryBudgetIsKept(bool hiding, int threads)
    {
        StarkKey<F> key = Key(10, hiding);
        Trace<F> trace = s_air.Generate(FieldTools.Elements<F>(16 * 8 << 10, 3));
        byte[]? first = null;
        long[] budgets = [.. MemoryPlan.Ways(key, new ProofLayout<F>(key, [10]), [false], threads).Select(way => way.Bytes)];
        foreach (long budget in budgets)
        {
            CountingBackend counting = new();
            StarkProof proof = StarkProver.Prove(key, [trace], [[]], Options(budget) with { Backend = counting });
            Assert.Equal(first ??= proof.Messages.ToArray(), proof.Messages.ToArray());
            Assert.InRange(counting.Memory!.Peak, budget * 0.99, budget);
        }
        // Half of the extended columns when all is rows, with a window of a thirty-second of them.
        double extended = 2.0 * 4 * trace.Width * trace.Height * (hiding ? 2 : 1);
        Assert.InRange(budgets.Min(), 0, (hiding ? 0.65 : 0.15) * extended);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => StarkProver.Prove(key, [trace], [[]], Options(budgets.Min() - 1)));
        Assert.Contains($"at least {budgets.Min()} bytes", refused.Message, StringComparison.Ordinal);

        StarkProverOptions Options(long budget) => new() { MemoryBudget = budget, MaxDegreeOfParallelism = threads, Randomness = new SeededGenerator(3) };
    }

    /// <summary>Lookups, blinding, periods, preprocessed columns, further blocks: the reckoning holds for these too.</summary>
    [Theory]
    [InlineData(false, 9, 6, 1)]
    [InlineData(true, 8, 7, 1)]
    [InlineData(false, 7, 9, 2)]
    public void TheReckoningHolds(bool hiding, int ring, int pairs, int logBlowup)
    {
        RingCase<F> statement = new(4, StarkHash.Keccak256, hiding, ring, pairs, logBlowup);
        foreach (long budget in statement.Budgets(2))
        {
            CountingBackend counting = new();
            statement.Prove(new() { MemoryBudget = budget, MaxDegreeOfParallelism = 2, Backend = counting });
            Assert.InRange(counting.Memory!.Peak, budget * 0.9, budget);
        }
    }

    /// <summary>A proof after one of its shape allocates what it consists of, and little besides.</summary>
    [Fact]
    public void TheSecondAllocatesLittle()
    {
        const int LogRows = 11;
        StarkKey<F> key = Key(LogRows, hiding: false);
        Trace<F> rows = s_air.Generate(FieldTools.Elements<F>(16 * 8 << LogRows, 3)), trace = Trace<F>.WithRoom(rows.Width, rows.Height, 1);
        using StarkMemory memory = new();
        StarkProverOptions options = new() { Memory = memory, OverwriteTraces = true };
        long first = Allocated(), second = Allocated();
        Assert.True(first > 3 << 19, $"{first} bytes");
        Assert.InRange(second, 0, 1 << 20);

        long Allocated()
        {
            for (int i = 0; i < rows.Width; i++) rows.Column(i).CopyTo(trace.Column(i));
            long before = GC.GetAllocatedBytesForCurrentThread();
            StarkProof proof = StarkProver.Prove(key, [trace], [[]], options);
            return GC.GetAllocatedBytesForCurrentThread() - before - proof.EncodedSize;
        }
    }

    /// <summary>Memory serves proofs of other shapes and others at the same time, within each one's budget; none once it is disposed.</summary>
    [Fact]
    public void SharedAndDisposed()
    {
        RingCase<F> small = new(4, StarkHash.Keccak256, false, 6, 6, 1), large = new(4, StarkHash.Keccak256, false, 9, 8, 1);
        StarkMemory memory = new();
        byte[] Bytes(RingCase<F> statement, long budget, StarkMemory? shared) => statement.Prove(new() { MemoryBudget = budget, Memory = shared, MaxDegreeOfParallelism = 2 }).Messages.ToArray();
        byte[] expectedSmall = Bytes(small, long.MaxValue, null), expectedLarge = Bytes(large, long.MaxValue, null);
        Parallel.For(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 3 }, i =>
        {
            RingCase<F> statement = i % 2 == 0 ? small : large;
            Assert.Equal(i % 2 == 0 ? expectedSmall : expectedLarge, Bytes(statement, i % 3 == 0 ? statement.LeastBudget : long.MaxValue, memory));
        });
        memory.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Bytes(small, long.MaxValue, memory));
    }

    internal sealed class CountingBackend : IBackend
    {
        public ProofMemory? Memory { get; private set; }

        public IBackendRun<TField, TParameters> Start<TField, TParameters, TTree>(BackendSettings settings, ProofLayout<TField>? layout = null, IReadOnlyList<Trace<TField>>? traces = null)
            where TField : unmanaged, ITwoAdicField<TField>
            where TParameters : unmanaged, IExtensionParameters<TField>
            where TTree : struct, Merkle.IMatrixHash<TField>
        {
            Memory = settings.Memory;
            return CpuBackend.Instance.Start<TField, TParameters, TTree>(settings);
        }
    }
}
