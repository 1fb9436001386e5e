using System.Buffers.Binary;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;
using Prozchain.Zk;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A proof over posted bytes, from the chunk's hash to the fields.</summary>
public sealed class PostedProofTests
{
    private static readonly IAir[] s_airs =
    [
        new SpongeAir(), new SpongeLaneAir(), new KeccakAir(), new ParserAir(), new FullRowAir(PostedBatch.Exponent), new AmountFaultAir(PostedBatch.Exponent), new RangeTableAir(15),
        new OutsideAir(RollupBuses.Byte, BusDirection.Receive), new OutsideAir(RollupBuses.Field, BusDirection.Receive), new OutsideAir(RollupBuses.Chunk, BusDirection.Receive),
    ];

    [Fact]
    public async Task Batch_FromItsHashToItsFields_IsProven()
    {
        PostedBatch batch = PostedBatch.Random(new SeededRandom(3), 6);
        PostedTables tables = new(batch, isLive: true, leastLogRows: 5);
        SpongeWriter<F> sponge = new(batch.Bytes, 0, batch.Bytes.Length, isFirst: true, leastLogRows: 5);
        byte[] hash = ChunkCommitment.Root(batch.Bytes).Span.ToArray();
        F[] chunk = [F.Zero, .. Enumerable.Range(0, 16).Select(i => F.FromUInt32(BinaryPrimitives.ReadUInt16LittleEndian(hash.AsSpan(2 * i))))];
        List<F[]> head = [.. Enumerable.Range(0, batch.HeadSize).Select(i => (F[])[F.FromUInt32((uint)i), F.FromUInt32(batch.Bytes[i] & 0x7Fu), F.FromUInt32((uint)batch.Bytes[i] >> 7)])];
        Trace<F>[] traces =
        [
            sponge.Sponge, sponge.Lanes, KeccakInput.Generate<F>([.. sponge.Asked]), tables.Parser.Trace, tables.FullRows.Trace, tables.Amounts, tables.Ranges(),
            OutsideAir.Generate(RollupBuses.Byte, head), OutsideAir.Generate(RollupBuses.Field, tables.Messages), OutsideAir.Generate(RollupBuses.Chunk, [chunk]),
        ];
        F[][] publicValues = [sponge.PublicValues, [], [], tables.Parser.PublicValues, tables.FullRows.PublicValues, [], [], [], [], []];
        StarkKey<F> key = StarkKey.Create<F>(s_airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(s_airs, minLogRows: 5, maxLogRows: 15)));
        StarkProof proof = await StarkProver.ProveAsync(key, traces, publicValues, new StarkProverOptions { CheckTraces = true });
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof));
        publicValues[3][ParserColumns.Last + 1] += F.One;
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, publicValues, proof));
    }
}
