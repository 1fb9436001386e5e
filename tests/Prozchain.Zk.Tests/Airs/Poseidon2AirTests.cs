using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Tests.Airs;

/// <summary>What <see cref="Poseidon2Air{TParameters}"/> states and writes, against the scalar permutation.</summary>
public sealed class Poseidon2AirTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 40, 2)]
    [InlineData(3, 7, 1)]
    [InlineData(8, 5000, 2)]
    public void Generate_AnyCount_HoldsInputsAndOutputsInOrder(int permutations, int count, int threads)
    {
        Check<KoalaBear>(permutations, count, threads, 164);
        Check<BabyBear>(permutations, count, threads, 298);
    }

    /// <summary>Every cell that a round leaves, not only the last: the arrangement is the published one.</summary>
    [Fact]
    public void Generate_OneStateOfKoalaBear_HoldsEachRoundsState()
    {
        Field31<KoalaBear>[] input = FieldTools.Elements<Field31<KoalaBear>>(16, 3);
        Trace<Field31<KoalaBear>> trace = new Poseidon2Air<KoalaBear>(1).Generate(input);
        Poseidon2Core<KoalaBear> core = Poseidon2Core<KoalaBear>.Width16;
        Field31<KoalaBear>[] state = [.. input], row = new Field31<KoalaBear>[164];
        List<Field31<KoalaBear>> cells = [.. input];
        External(state);
        int at = 0;
        for (int round = 0; round < 28; round++)
        {
            bool isFull = round is < 4 or >= 24;
            for (int i = 0; i < (isFull ? 16 : 1); i++)
            {
                Field31<KoalaBear> x = state[i] + core.Constants[at++];
                state[i] = x * x * x;
            }
            if (!isFull) cells.Add(state[0]);
            if (isFull) External(state);
            else
            {
                Field31<KoalaBear> sum = state.Aggregate((x, y) => x + y);
                for (int i = 0; i < 16; i++) state[i] = sum + core.Instance.Diagonal[i] * state[i];
            }
            if (isFull) cells.AddRange(state);
        }
        trace.CopyRow(0, row);
        Assert.Equal(cells, row);

        // circ(2 M, M, M, M) with M = circ(2, 3, 1, 1), by its definition.
        static void External(Field31<KoalaBear>[] state)
        {
            uint[] first = [2, 3, 1, 1];
            Field31<KoalaBear>[] before = [.. state];
            for (int i = 0; i < 16; i++)
            {
                state[i] = default;
                for (int j = 0; j < 16; j++)
                    state[i] += Field31<KoalaBear>.FromUInt32(first[(j - i + 16) & 3] * (i / 4 == j / 4 ? 2u : 1u)) * before[j];
            }
        }
    }

    [Fact]
    public void Bus_RandomStates_VouchesForThePermutation()
    {
        Field31<KoalaBear>[] inputs = FieldTools.Elements<Field31<KoalaBear>>(16 * 9, 4);
        var air = new Poseidon2Air<KoalaBear>(4, onBus: true);
        uint[] asked = [1, 0, 2, 1, 1, 1, 3, 1, 0];
        var checker = new TraceChecker<Field31<KoalaBear>>().Add(air, air.Generate(inputs, asked: asked));
        for (int i = 0; i < 9; i++)
        {
            Field31<KoalaBear>[] output = [.. inputs.AsSpan(16 * i, 16)];
            Poseidon2Width16<KoalaBear>.Permute(output);
            for (int j = 0; j < asked[i]; j++) checker.Post(Buses.Poseidon2, BusDirection.Send, Field31<KoalaBear>.One, [.. inputs.AsSpan(16 * i, 16), .. output]);
        }
        Assert.Empty(checker.Faults());
        checker.Post(Buses.Poseidon2, BusDirection.Send, Field31<KoalaBear>.One, new Field31<KoalaBear>[32]);
        Assert.NotEmpty(checker.Faults());
    }

    [Fact]
    public void BabyBear_TraceAndEveryChangedCell_AreCheckedAtDegreeThree()
    {
        var air = new Poseidon2Air<BabyBear>(2);
        ConstraintGraph graph = ConstraintGraph.Of(air);
        Assert.Equal((596, 2 * 2 * 141, 3, 0), (graph.Shape.Width, graph.Constraints.Count, graph.MaxDegree, graph.Interactions.Count));
        Trace<Field31<BabyBear>> trace = air.Generate(FieldTools.Elements<Field31<BabyBear>>(16 * 3, 5));
        Assert.Empty(new TraceChecker<Field31<BabyBear>>().Add(air, trace).Faults());
        for (int column = 0; column < trace.Width; column++)
        {
            trace[column, 1] += Field31<BabyBear>.One;
            Assert.NotEmpty(new TraceChecker<Field31<BabyBear>>().Add(air, trace).Faults());
            trace[column, 1] -= Field31<BabyBear>.One;
        }
    }

    [Fact]
    public void Generate_WrongInputs_AreRefused()
    {
        var air = new Poseidon2Air<KoalaBear>();
        Assert.Throws<ArgumentException>(() => air.Generate(new Field31<KoalaBear>[17]));
        Assert.Throws<ArgumentException>(() => air.Generate(new Field31<KoalaBear>[16], asked: new uint[1]));
        Assert.Throws<ArgumentException>(() => air.Fill(new Trace<Field31<KoalaBear>>(1311, 1), new Field31<KoalaBear>[16]));
        Assert.Throws<ArgumentException>(() => air.Fill(new Trace<Field31<KoalaBear>>(1312, 1), new Field31<KoalaBear>[9 * 16]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Poseidon2Air<KoalaBear>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => air.Generate(new Field31<KoalaBear>[16], threads: 0));
    }

    private static void Check<T>(int permutations, int count, int threads, int stride) where T : struct, IField31Parameters
    {
        Field31<T>[] inputs = FieldTools.Elements<Field31<T>>(16 * count, count);
        var air = new Poseidon2Air<T>(permutations);
        Assert.Equal((stride, stride * permutations), (air.Stride, air.Shape.Width));
        Trace<Field31<T>> trace = air.Generate(inputs, threads);
        Assert.InRange(count, permutations * trace.Height / 2 + (trace.Height == 1 ? -1 : 1), permutations * trace.Height);
        var state = new Field31<T>[16];
        for (int i = 0; i < permutations * trace.Height; i++)
        {
            if (i < count) inputs.AsSpan(16 * i, 16).CopyTo(state);
            else Array.Clear(state);
            int start = i % permutations * stride;
            Assert.Equal(state, Enumerable.Range(0, 16).Select(j => trace[start + j, i / permutations]));
            Poseidon2Width16<T>.Permute(state);
            Assert.Equal(state, Enumerable.Range(0, 16).Select(j => trace[start + stride - 16 + j, i / permutations]));
        }
    }
}
