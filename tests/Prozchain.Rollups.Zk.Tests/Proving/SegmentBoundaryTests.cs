using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Tests.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using PostedBytes = Prozchain.Rollups.Zk.Tests.Circuit.PostedBatch;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Segments as the tables' writers make them: the verifier gives the same public values from boundaries, and takes out what they tell.</summary>
public sealed class SegmentBoundaryTests
{
    private static readonly IAir[] s_airs = [new SpongeAir(), new ParserAir(), new FullRowAir(PostedBytes.Exponent)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void OfSegment_FromBoundaries_AreTheWritersValues(ulong seed, int segments)
    {
        Cut cut = new(PostedBytes.Random(new SeededRandom(seed), 60), segments);
        BatchProof proof = cut.Proof();
        for (int k = 1; k <= segments; k++)
        {
            F[][] values = TableValues.OfSegment(s_airs, proof, (uint)cut.Batch.Bytes.Length, k, new ExecutedPart(0, 60, 0));
            Assert.Equal(cut.Sponges[k - 1].PublicValues, values[0]);
            Assert.Equal(cut.Parsers[k - 1].PublicValues, values[1]);
            Assert.Equal(cut.FullRows[k - 1].PublicValues, values[2]);
        }
        PostedHead.TryRead(proof.Statement.Head.Span, proof.Statement.Length, proof.Statement.RootBefore, BatchCase.Rules.Limits.MaxTransfers, out PostedHead head);
        Assert.Equal(new PostedHead(60, true), head);
        Assert.Equal(BatchRefusal.Valid, BatchChecks.Check(proof, BatchCase.Rules, head, new ExecutedPart(0, (uint)head.Count, 0)).Refusal);
    }

    /// <summary>The bytes of the head, chunks' hashes and payloads of all segments are each taken out once, where the tables tell them.</summary>
    [Fact]
    public void Messages_OfSegments_AreWhatTheTablesTell()
    {
        Cut cut = new(PostedBytes.Random(new SeededRandom(3), 60), 3);
        BatchProof proof = cut.Proof();
        PostedTables whole = new(cut.Batch, isLive: true);
        List<string> expected = [.. whole.Messages.Where(message => message[1].ToUInt32() is (uint)RowField.PayloadLength or (uint)RowField.Payload).Select(message => Text(RollupBuses.Field, message))];
        Assert.NotEmpty(expected);
        for (int i = 0; i < cut.Batch.HeadSize; i++) expected.Add(Text(RollupBuses.Byte, [F.FromUInt32((uint)i), F.FromUInt32(cut.Batch.Bytes[i] & 0x7Fu), F.FromUInt32((uint)cut.Batch.Bytes[i] >> 7)]));
        int told = 0;
        for (int k = 0; k < 3; k++)
        {
            SpongeWriter<F> sponge = cut.Sponges[k];
            string[] hashes = [.. Enumerable.Range(0, sponge.Live).Where(row => sponge.Sponge[SpongeColumns.Hash, row] == F.One)
                .Select(row => Text(RollupBuses.Chunk, [sponge.Sponge[SpongeColumns.Chunk, row], .. sponge.Sponge.Cells(SpongeColumns.Before, SpongeColumns.HashLimbs, row)]))];
            List<PublicMessage<F>> messages = MessagesOf(proof, k + 1);
            Assert.All(messages, message => Assert.Equal(BusDirection.Receive, message.Direction));
            Assert.Equal(hashes, messages.Where(message => message.Bus == RollupBuses.Chunk).Select(Text));
            told += hashes.Length;
            foreach (PublicMessage<F> message in messages.Where(message => message.Bus == RollupBuses.Byte || message.Bus == RollupBuses.Field)) Assert.True(expected.Remove(Text(message)));
        }
        Assert.Empty(expected);
        Assert.Equal(1, told);
    }

    [Fact]
    public void Messages_OfChunks_AreToldOnceWhereverSegmentsEnd()
    {
        byte[] bytes = new SeededRandom(1).Bytes(2 * ChunkCommitment.ChunkSize + 300);
        // In the middle of a chunk, at an end, within the block that the next chunk's first byte is in.
        foreach (int at in (int[])[5_000, ChunkCommitment.ChunkSize - 1, ChunkCommitment.ChunkSize, ChunkCommitment.ChunkSize + 1, 2 * ChunkCommitment.ChunkSize + 299])
        {
            SpongeWriter<F> first = new(bytes, 0, at, true), second = new(bytes, at, bytes.Length, false);
            BatchStatement statement = BatchCase.Any(1) with { Length = (ulong)bytes.Length, Chunks = ChunkCommitment.HashesOf(bytes), Exits = [], Payloads = [] };
            BatchProof proof = new(statement, [Edge(first, false), Edge(first, true), Edge(second, true)], [], []);
            Assert.Equal(proof.Boundaries[1].Sponge, second.PublicValues.AsSpan(SpongeColumns.First, SpongeColumns.Boundary));
            List<string> messages = [];
            for (int k = 1; k <= 2; k++)
            {
                SpongeWriter<F> sponge = k == 1 ? first : second;
                string[] hashes = [.. Enumerable.Range(0, sponge.Live).Where(row => sponge.Sponge[SpongeColumns.Hash, row] == F.One)
                    .Select(row => Text(RollupBuses.Chunk, [sponge.Sponge[SpongeColumns.Chunk, row], .. sponge.Sponge.Cells(SpongeColumns.Before, SpongeColumns.HashLimbs, row)]))];
                Assert.Equal(hashes, MessagesOf(proof, k).Where(message => message.Bus == RollupBuses.Chunk).Select(Text));
                messages.AddRange(hashes);
            }
            Assert.Equal(3, messages.Distinct().Count());
        }

        static SegmentBoundary Edge(SpongeWriter<F> sponge, bool isEnd) =>
            SegmentBoundary.Of(sponge.PublicValues.AsSpan(isEnd ? SpongeColumns.Last : SpongeColumns.First, SpongeColumns.Boundary), new F[3], new F[FullRowColumns.Carried], new F[PaymentColumns.CarriedCount], 0, 0);
    }

    [Fact]
    public void Messages_OfExitsAndPayloads_AreInTheSegmentOfTheirNumbers()
    {
        BatchStatement statement = BatchCase.Any(1) with { Head = default };
        SegmentBoundary[] edges = [Edge(0, 0), Edge(3, 0), Edge(4, 1), Edge(9, 2), Edge(10, 3)];
        BatchProof proof = new(statement, edges, [], []);
        (int Exits, int Payloads, int Hashes)[] counts = [.. Enumerable.Range(1, 4).Select(k => MessagesOf(proof, k)).Select(messages => (
            messages.Count(message => message.Bus == RollupBuses.Exit), messages.Count(message => message.Bus == RollupBuses.Field), messages.Count(message => message.Bus == RollupBuses.PayloadHash)))];
        Assert.Equal([(0, 6, 0), (1, 0, 0), (1, 202, 3), (1, 0, 0)], counts);
        F[] exit = MessagesOf(proof, 2)[0].Elements.ToArray();
        Assert.Equal([0, 3, 1, 17, statement.Exits[0].Token], exit[..5].Select(element => element.ToUInt32()));
        Assert.Equal(statement.Exits[0].Amount, exit[5..13].Select((limb, i) => (UInt128)limb.ToUInt32() << (15 * i)).Aggregate((sum, limb) => sum + limb));
        Assert.Equal(statement.Exits[0].Recipient.Span.ToArray(), exit[13..20].SelectMany(word => BitConverter.GetBytes(word.ToUInt32())[..3]).Take(20));
        Assert.Equal(F.Zero, exit[20]);

        static SegmentBoundary Edge(uint transaction, uint exits) =>
            SegmentBoundary.Of(new F[SpongeColumns.Boundary], [F.Zero, F.FromUInt32(transaction), F.Zero], new F[FullRowColumns.Carried], new F[PaymentColumns.CarriedCount], 0, exits);
    }

    private static List<PublicMessage<F>> MessagesOf(BatchProof proof, int segment) =>
        SegmentMessages.Of(proof.Statement, [], proof.Boundaries[0].Transaction, proof.Boundaries[segment - 1], proof.Boundaries[segment], segment);

    private static string Text(PublicMessage<F> message) => Text(message.Bus, message.Elements.ToArray());

    private static string Text(Bus bus, F[] message) => $"{bus.Name} {string.Join(' ', message.Select(element => element.ToUInt32()))}";

    /// <summary>Posted bytes, cut into segments of equal numbers of rows.</summary>
    private sealed class Cut
    {
        private readonly List<SegmentBoundary> _edges = [];

        public Cut(PostedBytes batch, int segments)
        {
            Batch = batch;
            int start = 0, from = 0;
            uint[] stands = [];
            for (int k = 1; k <= segments; k++)
            {
                int to = k * batch.Rows.Count / segments, end = batch.Rows[to - 1].End;
                Sponges.Add(new(batch.Bytes, start, end, k == 1));
                Parsers.Add(new(batch.Bytes, batch.Rows[from..to].ToArray(), k == 1 ? batch.HeadSize : start, from, true, new uint[1 << 15]));
                FullRows.Add(new(batch.Bytes, batch.Rows[from..to], batch.Fields[from..to], batch.Least, from, true, new uint[1 << 15], stands: stands));
                if (k == 1) _edges.Add(Edge(false));
                _edges.Add(Edge(true));
                stands = [.. _edges[^1].Fields.ToArray().Select(element => element.ToUInt32())];
                (start, from) = (end, to);
            }
        }

        public PostedBytes Batch { get; }

        public List<SpongeWriter<F>> Sponges { get; } = [];

        public List<ParserWriter<F>> Parsers { get; } = [];

        public List<FullRowWriter<F>> FullRows { get; } = [];

        public BatchProof Proof()
        {
            Batch.Native(out var payments);
            Digest32 root = new(Batch.Bytes.AsSpan(2, 32));
            BatchStatement statement = BatchCase.Any(1) with
            {
                RootBefore = root, Length = (ulong)Batch.Bytes.Length, Chunks = ChunkCommitment.HashesOf(Batch.Bytes), Head = Batch.Bytes.AsMemory(0, Batch.HeadSize), Forced = [], Exits = [],
                Payloads = [.. payments.Index().Where(item => item.Item.Kind == Rollups.Payments.PaymentKind.Message).Select(item => new MessagePayload((uint)item.Index, 1, item.Item.Payload))],
            };
            return new(statement, _edges, [], [.. _edges.Select(_ => BatchVerifierTests.Dummy)]);
        }

        private SegmentBoundary Edge(bool isEnd) => SegmentBoundary.Of(
            Sponges[^1].PublicValues.AsSpan(isEnd ? SpongeColumns.Last : SpongeColumns.First, SpongeColumns.Boundary), Parsers[^1].PublicValues.AsSpan(isEnd ? ParserColumns.Last : ParserColumns.First, 3),
            FullRows[^1].PublicValues.AsSpan(isEnd ? FullRowColumns.After : FullRowColumns.Before, FullRowColumns.Carried), new F[PaymentColumns.CarriedCount], 5, 0);
    }
}
