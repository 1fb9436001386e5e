using System.Numerics;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Tests.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The tables that answer for compressions and powers of ten.</summary>
public sealed class CompressionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Asks_OfBothWindows_AreAnswered(int threads)
    {
        var random = new SeededRandom(5);
        CompressionAsks<Poseidon2Cells<KoalaBear>> asks = new(), others = new();
        var checker = new TraceChecker<F>();
        F[] fact = [];
        for (int i = 0; i < 75; i++)
        {
            CompressionWindow window = random.Next(2) == 0 ? CompressionWindow.N : CompressionWindow.M;
            F[] input = Elements(random, 16), output = new F[8], state = [.. input];
            (i < 70 ? asks : others).Ask(window, input, output);
            Poseidon2Width16<KoalaBear>.Permute(state);
            Assert.Equal(Enumerable.Range((int)window, 8).Select(j => state[j] + input[j]), output);
            fact = [.. input, .. output];
            checker.Post(window == CompressionWindow.N ? RollupBuses.CompressN : RollupBuses.CompressM, BusDirection.Send, F.One, fact);
        }
        asks.Add(others);
        Trace<F> trace = asks.Generate(threads: threads);
        Assert.Equal((162, 128), (trace.Width, trace.Height));
        Assert.Empty(checker.Add(new CompressionAir<Poseidon2Cells<KoalaBear>>(), trace).Faults());
        fact[20] += F.One;
        Assert.NotEmpty(checker.Post(RollupBuses.CompressM, BusDirection.Send, F.One, fact).Faults());
        Assert.Throws<ArgumentException>(() => asks.Add((CompressionWindow)1, new F[16]));
        Assert.Throws<ArgumentException>(() => asks.Add(CompressionWindow.N, new F[15]));
    }

    [Fact]
    public void Compression_EveryCell_IsDetermined()
    {
        var random = new SeededRandom(6);
        CompressionAsks<Poseidon2Cells<KoalaBear>> asks = new();
        var mutator = new TraceMutator<F>(1);
        for (int i = 0; i < 5; i++)
        {
            CompressionWindow window = i % 2 == 0 ? CompressionWindow.N : CompressionWindow.M;
            F[] input = Elements(random, 16), output = new F[8];
            asks.Ask(window, input, output);
            mutator.Post(i % 2 == 0 ? RollupBuses.CompressN : RollupBuses.CompressM, BusDirection.Send, F.One, [.. input, .. output]);
        }
        mutator.Add(new CompressionAir<Poseidon2Cells<KoalaBear>>(), asks.Generate(logRows: 3), [], 5).Run().AssertAllFound();
    }

    [Fact]
    public void PowersOfTen_AllExponents_AreAnswered()
    {
        var asked = new uint[31];
        var checker = new TraceChecker<F>();
        var mutator = new TraceMutator<F>(2, rows: 40);
        for (int e = 0; e <= 30; e++)
        {
            asked[e] = (uint)e % 3;
            F[] fact = Fact((uint)e, BigInteger.Pow(10, e));
            for (int i = 0; i < asked[e]; i++)
            {
                checker.Post(RollupBuses.Pow10, BusDirection.Send, F.One, fact);
                mutator.Post(RollupBuses.Pow10, BusDirection.Send, F.One, fact);
            }
        }
        Trace<F> trace = Pow10Air.Generate(asked);
        Assert.Empty(checker.Add(new Pow10Air(), trace).Faults());
        mutator.Add(new Pow10Air(), trace, [], 31).Run().AssertAllFound();
        Assert.NotEmpty(checker.Post(RollupBuses.Pow10, BusDirection.Send, F.One, Fact(31, BigInteger.Pow(10, 31))).Faults());

        static F[] Fact(uint e, BigInteger power) => [F.FromUInt32(e), .. Enumerable.Range(0, 7).Select(i => F.FromUInt32((uint)(power >> (15 * i) & 0x7FFF)))];
    }

    private static F[] Elements(SeededRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => F.FromUInt32((uint)random.NextUInt64() % F.Modulus))];
}
