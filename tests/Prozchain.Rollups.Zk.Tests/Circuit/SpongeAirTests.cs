using System.Buffers.Binary;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Shared;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Tests.Air;
using static Prozchain.Rollups.Zk.Circuit.SpongeColumns;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The hashes of the posted bytes' chunks and the bytes that they tell.</summary>
public sealed class SpongeAirTests
{
    private const int ChunkSize = ChunkCommitment.ChunkSize;

    [Theory]
    [InlineData(1)]
    [InlineData(134)]
    [InlineData(135)]
    [InlineData(136)]
    [InlineData(270)]
    [InlineData(271)]
    [InlineData(272)]
    [InlineData(1000)]
    public void WholeBatch_LengthsAroundBlocks_HasTheCommitmentsRoot(int length)
    {
        byte[] data = new SeededRandom((ulong)length).Bytes(length);
        SpongeWriter<F> tables = new(data, 0, length, isFirst: true);
        Assert.Empty(Checker(tables, data, 0, length).Faults());
        Assert.Equal(F.One, tables.PublicValues[Last + Final]);
        Assert.Single(ChunksOf(tables, data));
    }

    [Theory]
    [InlineData(ChunkSize - 1)]
    [InlineData(ChunkSize)]
    [InlineData(ChunkSize + 1)]
    [InlineData(ChunkSize + 136)]
    public void SegmentAcrossTheEndOfAChunk_HasItsHash(int length)
    {
        byte[] data = new SeededRandom((ulong)length).Bytes(length);
        int start = ChunkSize - 300;
        SpongeWriter<F> tables = new(data, start, length, isFirst: false);
        Assert.Empty(Checker(tables, data, start, length).Faults());
        Assert.Equal(length > ChunkSize ? 2 : 1, ChunksOf(tables, data).Count());
    }

    /// <summary>Cuts anywhere, also at a block's border, before padding alone, and with nothing read: ends meet, and hashes come once.</summary>
    [Fact]
    public void Segments_CutAnywhere_MeetInTheSharedBlock()
    {
        byte[] data = new SeededRandom(9).Bytes(543);
        foreach (int[] cuts in (int[][])[[0, 100, 543], [0, 135, 136, 271, 543], [0, 1, 1, 542, 543], [0, 543, 543], [0, 0, 543], [0, 407, 408, 543]])
        {
            F[]? end = null;
            int chunks = 0;
            for (int i = 0; i + 1 < cuts.Length; i++)
            {
                SpongeWriter<F> tables = new(data, cuts[i], cuts[i + 1], isFirst: i == 0);
                Assert.Empty(Checker(tables, data, cuts[i], cuts[i + 1]).Faults());
                if (end is not null) Assert.Equal(end, tables.PublicValues[First..(First + Boundary)]);
                end = tables.PublicValues[Last..(Last + Boundary)];
                chunks += ChunksOf(tables, data).Count();
            }
            Assert.Equal(1, chunks);
        }
    }

    /// <summary>A prover who has another block ready for the next segment would need another state before or after it.</summary>
    [Fact]
    public void Segments_WithOneByteOfTheSharedBlockChanged_DoNotMeet()
    {
        byte[] data = new SeededRandom(10).Bytes(400), other = [.. data];
        other[250]++;
        SpongeWriter<F> first = new(data, 0, 200, isFirst: true), second = new(other, 200, 400, isFirst: false);
        Assert.Empty(Checker(second, other, 200, 400).Faults());
        Assert.NotEqual(first.PublicValues[Last..(Last + Boundary)], second.PublicValues[First..(First + Boundary)]);
        first.PublicValues.AsSpan(Last, Boundary).CopyTo(second.PublicValues.AsSpan(First));
        Assert.NotEmpty(Checker(second, other, 200, 400).Faults());
    }

    [Fact]
    public void OneByteChanged_IsFoundOnTheBus()
    {
        byte[] data = new SeededRandom(11).Bytes(300), other = [.. data];
        other[299] ^= 0x80;
        Assert.All(Checker(new(data, 0, 300, isFirst: true), other, 0, 300).Faults(), fault => Assert.Equal(TraceFaultKind.Bus, fault.Kind));
        Assert.Equal(4, Checker(new(data, 0, 300, isFirst: true), other, 0, 300).Faults().Count);
    }

    [Fact]
    public void NoBytes_AreNoBlocks()
    {
        SpongeWriter<F> tables = new(Array.Empty<byte>(), 0, 0, isFirst: true);
        Assert.Equal(0, tables.Blocks);
        Assert.All(tables.PublicValues, value => Assert.Equal(F.Zero, value));
        Assert.Empty(Checker(tables, [], 0, 0).Faults());
    }

    /// <summary>Of segments of each sort; and each constraint is there for some cell.</summary>
    [Fact]
    public void EveryCell_IsDetermined()
    {
        byte[] data = new SeededRandom(12).Bytes(400), chunks = new SeededRandom(13).Bytes(ChunkSize + 7);
        HashSet<string> unviolated = [.. Run(new(chunks, ChunkSize - 10, ChunkSize + 7, isFirst: false, leastLogRows: 2), chunks, ChunkSize - 10, ChunkSize + 7).Unviolated];
        foreach ((int start, int end, bool isFirst) in ((int, int, bool)[])[(0, 400, true), (0, 270, true), (150, 150, false), (150, 390, false), (400, 400, false)])
            unviolated.IntersectWith(Run(new(data, start, end, isFirst, leastLogRows: 3), data, start, end).Unviolated);
        unviolated.IntersectWith(Run(new(Array.Empty<byte>(), 0, 0, isFirst: true), [], 0, 0).Unviolated);
        Assert.Empty(unviolated.Order());
    }

    [Fact]
    public void PaddingThatTakesABlockOfItsOwnTooEarly_IsFound()
    {
        byte[] data = new SeededRandom(14).Bytes(300);
        SpongeWriter<F> tables = new(data, 0, 300, isFirst: true);
        for (int i = 0; i < 8; i++) tables.Lanes[SpongeLaneAir.In + i, 16] = F.Zero;
        Assert.Contains(Checker(tables, data, 0, 300).Faults(), fault => fault.Constraint.StartsWith("whole", StringComparison.Ordinal));
        tables = new(data, 0, 300, isFirst: true);
        tables.Sponge[End, 1] = F.One;
        Assert.Contains(Checker(tables, data, 0, 300).Faults(), fault => fault.Constraint.StartsWith("full", StringComparison.Ordinal));
        tables = new(data, 0, 300, isFirst: true);
        tables.Sponge[Final, 2] = F.Zero;
        Assert.Contains(Checker(tables, data, 0, 300).Faults(), fault => fault.Constraint.StartsWith("full", StringComparison.Ordinal));
    }

    [Fact]
    public void Shapes_AreAsThePagesSay()
    {
        ConstraintGraph sponge = ConstraintGraph.Of(new SpongeAir()), lanes = ConstraintGraph.Of(new SpongeLaneAir());
        Assert.Equal((180, 19, 3), (sponge.Shape.Width, sponge.Interactions.Count, sponge.MaxDegree));
        Assert.Equal((152, 9, 2), (lanes.Shape.Width, lanes.Interactions.Count, lanes.MaxDegree));
        Assert.Equal(1, sponge.MaxInteractionDegree);
    }

    private static MutationReport Run(SpongeWriter<F> tables, byte[] data, int start, int end)
    {
        var mutator = new TraceMutator<F>(1, rows: 4)
            .Add(new SpongeAir(), tables.Sponge, tables.PublicValues, tables.Live)
            .Add(new SpongeLaneAir(), tables.Lanes, [], RateLanes * tables.Blocks);
        foreach ((Bus bus, F[] message) in Outside(tables, data, start, end)) mutator.Post(bus, BusDirection.Receive, F.One, message);
        MutationReport report = mutator.Run();
        Assert.True(report.Missed.Count == 0, string.Join('\n', report.Missed.Take(20)));
        return report;
    }

    private static TraceChecker<F> Checker(SpongeWriter<F> tables, byte[] data, int start, int end)
    {
        var checker = new TraceChecker<F>(1000).Add(new SpongeAir(), tables.Sponge, tables.PublicValues).Add(new SpongeLaneAir(), tables.Lanes);
        foreach ((Bus bus, F[] message) in Outside(tables, data, start, end)) checker.Post(bus, BusDirection.Receive, F.One, message);
        return checker;
    }

    /// <summary>What the permutations' table and the parser take.</summary>
    private static IEnumerable<(Bus, F[])> Outside(SpongeWriter<F> tables, byte[] data, int start, int end)
    {
        for (int i = 0; i < tables.Asked.Count; i++)
        {
            KeccakState state = default;
            tables.Asked[i].State.Span.CopyTo(state);
            F[] input = Limbs16(state);
            KeccakPermutation.Permute(ref state);
            yield return (Buses.Keccak, [.. input, .. Limbs16(state)]);
        }
        foreach (F[] chunk in ChunksOf(tables, data)) yield return (RollupBuses.Chunk, chunk);
        for (int i = start; i < end; i++) yield return (RollupBuses.Byte, [F.FromUInt32((uint)i), F.FromUInt32((uint)data[i] & 0x7F), F.FromUInt32((uint)data[i] >> 7)]);

        static F[] Limbs16(KeccakState state)
        {
            var limbs = new F[SpongeColumns.StateLimbs];
            for (int i = 0; i < SpongeColumns.StateLimbs; i++) limbs[i] = F.FromUInt64(state[i / 4] >> (16 * (i & 3)) & 0xFFFF);
            return limbs;
        }
    }

    /// <summary>The messages that a verifier receives, by the batch's own commitment: of the chunks whose last block is permuted here.</summary>
    private static IEnumerable<F[]> ChunksOf(SpongeWriter<F> tables, byte[] data)
    {
        for (int row = 0; row < tables.Live; row++)
        {
            if (tables.Sponge[SpongeColumns.Hash, row] == F.Zero) continue;
            int chunk = ((int)tables.Sponge[Offset, row].ToUInt32() - 1) / ChunkSize, start = chunk * ChunkSize;
            byte[] hash = ChunkCommitment.Root(data.AsSpan(start, Math.Min(ChunkSize, data.Length - start))).Span.ToArray();
            yield return [F.FromUInt32((uint)chunk), .. Enumerable.Range(0, HashLimbs).Select(i => F.FromUInt32(BinaryPrimitives.ReadUInt16LittleEndian(hash.AsSpan(2 * i))))];
        }
    }
}
