using System.Numerics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Tests.Backend;

/// <summary>Every cell that a kernel writes is the processor's, and it writes no other.</summary>
[Collection(nameof(DeviceTests))]
public sealed class DeviceTracesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(9, 2)]
    [InlineData(300, 1)]
    [InlineData(700, 8)]
    public void Poseidon2(int count, int permutations)
    {
        Samples<Field31<KoalaBear>, KoalaBear4> koala = new(count);
        Samples<Field31<BabyBear>, BabyBear4> baby = new(count);
        uint[] asked = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? uint.MaxValue - (uint)i : (uint)i)];
        foreach ((bool onBus, uint[] counters) in ((bool, uint[])[])[(false, []), (true, []), (true, asked)])
        {
            Compare(new Poseidon2Source<KoalaBear>(permutations, onBus, koala.Elements(16 * count), counters));
            Compare(new Poseidon2Source<BabyBear>(permutations, onBus, baby.Elements(16 * count), counters));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(11)]
    public void Keccak(int count)
    {
        Random random = new(count);
        KeccakInput[] inputs = [.. Enumerable.Range(0, count).Select(i => new KeccakInput(Lanes(i), i == 0 ? uint.MaxValue : (uint)i))];
        Compare(new KeccakSource<Field31<KoalaBear>>(inputs));
        Compare(new KeccakSource<Field31<BabyBear>>(inputs));

        ulong[] Lanes(int i) => [.. Enumerable.Range(0, 25).Select(_ => i == 1 ? ulong.MaxValue : (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(5, 0)]
    [InlineData(40, 0)]
    public void Blake3(int count, int leastLogRows)
    {
        Random random = new(count);
        Blake3Compression[] inputs = [.. Enumerable.Range(0, count).Select(i =>
            new Blake3Compression(Words(random, i, 8), Words(random, i, 16), (ulong)random.NextInt64(long.MinValue, long.MaxValue), (uint)i, (uint)random.Next(), uint.MaxValue - (uint)i))];
        Compare(new Blake3Source<Field31<KoalaBear>>(inputs, leastLogRows));
        Compare(new Blake3Source<Field31<BabyBear>>(inputs, leastLogRows));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Sha256(int count)
    {
        Random random = new(count);
        Sha256Compression[] inputs = [.. Enumerable.Range(0, count).Select(i => new Sha256Compression(Words(random, i, 8), Words(random, i, 16), uint.MaxValue - (uint)i))];
        Compare(new Sha256Source<Field31<KoalaBear>>(inputs));
        Compare(new Sha256Source<Field31<BabyBear>>(inputs));
    }

    // The first input is of ones alone, so that sums carry.
    private static uint[] Words(Random random, int i, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => i == 0 ? uint.MaxValue : (uint)random.NextInt64(1L << 32))];

    [Fact]
    public void Makes_OfAFieldThatKernelsDoNotKnow_IsFalse() => Assert.False(DeviceTraces.Makes(new KeccakSource<Goldilocks>(default)));

    private static void Compare<TField>(TraceSource<TField> source) where TField : unmanaged, ITwoAdicField<TField>
    {
        Trace<TField> expected = new(source.Width, source.Height);
        for (int column = 0; column < source.Width; column++) expected.Column(column).Fill(-TField.One);
        source.Fill(expected, 2, TestContext.Current.CancellationToken);
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1 << 30);
        // As a view: the second of two blocks of each column, which stays as it was.
        using DeviceMatrix matrix = DeviceMatrix.Allocate(session, BitOperations.Log2((uint)source.Height), 1, source.Width, "columns");
        session.Clear(matrix.Values, 0, matrix.Values.Bytes);
        DeviceTraces.Make(session, source, matrix.Run(0, matrix.LogRows));
        var got = new TField[matrix.Width * matrix.Stride];
        session.Read(matrix.Values, 0, got.AsSpan());
        for (int column = 0; column < source.Width; column++)
        {
            Span<TField> cells = got.AsSpan((int)(column * matrix.Stride), (int)matrix.Stride);
            int differs = cells[..source.Height].CommonPrefixLength(expected.Column(column));
            Assert.True(differs == source.Height, $"Column {column} of {source.Width}, row {differs} of {source.Height}.");
            Assert.False(cells[source.Height..].ContainsAnyExcept(TField.Zero));
        }
    }
}
