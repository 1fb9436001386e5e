using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Rollups.Zk.Tests.Circuit;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Whole proofs of a batch without rows, over keys that have few tables: whoever says bytes, chunks and exits there is a stand-in.</summary>
public sealed class BatchVerifierTests
{
    private const int Segments = 2;

    private static readonly SharedBuses s_shared = RollupBuses.Between(12);
    private static readonly Lazy<Task<(BatchVerifier<Permutation> Verifier, BatchProof Proof)>> s_proven = new(() => ProveAsync());
    private static readonly RangeTableAir s_range = new(Limbs.Bits);

    /// <summary>A proof that has the form alone.</summary>
    public static StarkProof Dummy { get; } = StarkProof.TryRead([0, 1, 0, 3], out StarkProof? proof) == Prozchain.Zk.ReadResult.Ok ? proof! : throw new InvalidOperationException();

    [Fact]
    public async Task Verify_AsMadeAndAsRead_IsValid()
    {
        (BatchVerifier<Permutation> verifier, BatchProof proof) = await s_proven.Value;
        Assert.Equal(new BatchResult(BatchRefusal.Valid, -1, new(GroupVerdict.Valid)), verifier.Verify(proof.Statement.Asked(), proof));
        byte[] bytes = Write(proof);
        Assert.True(verifier.Verify(proof.Statement.Asked(), bytes).IsValid);
        Assert.True(BatchProof.TryRead(bytes, out BatchProof? read));
        Assert.Equal(bytes, Write(read!));
        ForcedClaim[] claims =
        [
            default, new() { IsDone = true, Skip = 65_535, SponsorSkip = 3 }, new() { IsJudged = true, Key = Eight.Of(F.One, -F.One), Nonce = ulong.MaxValue, Next = uint.MaxValue },
            new() { IsJudged = true, OfSponsor = true, Nonce = 1 },
        ];
        Assert.True(BatchProof.TryRead(Write(proof with { Claims = claims }), out read));
        Assert.Equal(claims, read!.Claims);
        foreach (ForcedClaim wrong in (ForcedClaim[])[claims[1] with { Skip = 65_536 }, claims[1] with { IsJudged = true }, claims[0] with { Nonce = 1 }, claims[0] with { OfSponsor = true }, claims[2] with { Skip = 1 }])
            Assert.Throws<ArgumentException>(() => Write(proof with { Claims = [wrong] }));
    }

    /// <summary>One field of the statement altered, or of what is asked: the refusal says which.</summary>
    [Fact]
    public async Task Verify_AnotherStatement_IsRefusedWithTheReason()
    {
        (BatchVerifier<Permutation> verifier, BatchProof proof) = await s_proven.Value;
        BatchStatement s = proof.Statement;
        ProofStatement asked = s.Asked();
        Digest32 other = BatchCase.Root(new SeededRandom(77));
        InboxHead previous = s.Previous!.Value;
        (BatchRefusal Refusal, BatchStatement Statement)[] lies =
        [
            (BatchRefusal.OtherChain, s with { ChainId = 8 }), (BatchRefusal.OtherVersion, s with { ProtocolVersion = 2 }), (BatchRefusal.OtherSetup, s with { Setup = other }),
            (BatchRefusal.OtherStart, s with { RootBefore = other }), (BatchRefusal.OtherStart, s with { ExitRootBefore = other }), (BatchRefusal.OtherEnd, s with { RootAfter = other }),
            (BatchRefusal.OtherEnd, s with { Exits = [new(0, EffectKind.Withdrawal, 1, 1, 1, default)] }),
            (BatchRefusal.OtherBatch, s with { Previous = previous with { Before = other } }), (BatchRefusal.OtherBatch, s with { Previous = previous with { Kind = SourceKind.Calldata } }),
            (BatchRefusal.OtherBatch, s with { Previous = previous with { Commitment = other } }), (BatchRefusal.OtherBatch, s with { Previous = previous with { ForcedTaken = previous.ForcedTaken + 1 } }),
            (BatchRefusal.OtherBatch, s with { Previous = previous with { ForcedHead = other } }), (BatchRefusal.OtherBatch, s with { Previous = previous with { Block = 1 } }),
            (BatchRefusal.OtherBatch, s with { Previous = previous with { BlockTime = 1 } }), (BatchRefusal.OtherBatch, s with { Previous = previous with { Number = previous.Number + 1 } }),
            (BatchRefusal.OtherBatch, s with { Previous = null }), (BatchRefusal.OtherBatch, s with { Kind = SourceKind.Blobs, Unread = s.Data, Length = 0, Chunks = [], Head = default }),
            (BatchRefusal.OtherBatch, s with { Length = s.Length + 1 }), (BatchRefusal.OtherBatch, s with { Chunks = [other] }), (BatchRefusal.OtherBatch, s with { Chunks = [] }),
            (BatchRefusal.OtherBatch, s with { Items = other }), (BatchRefusal.OtherBatch, s with { Count = s.Count + 1 }), (BatchRefusal.OtherBatch, s with { Time = s.Time + 1 }),
            (BatchRefusal.OtherBatch, s with { Block = s.Block + 1 }), (BatchRefusal.OtherBatch, s with { BlockTime = s.BlockTime + 1 }),
            (BatchRefusal.OtherBatch, s with { Forced = [new ForcedItem(s.FirstForced, default, default, 0)] }),
            (BatchRefusal.NotWithheld, s with { IsWithheld = true, IsLive = false, Unread = s.Data, Length = 0, Chunks = [], Head = default }),
            (BatchRefusal.WrongHead, s with { Head = default }), (BatchRefusal.WrongHead, s with { Head = (byte[])[.. s.Head.Span, 0] }),
            (BatchRefusal.WrongExits, s with { Payloads = [new(0, 1, default)] }), (BatchRefusal.WrongVerdict, s with { IsLive = false }),
        ];
        foreach ((BatchRefusal refusal, BatchStatement lie) in lies) Assert.True(refusal == Refusal(verifier, asked, proof with { Statement = lie }), $"Expected {refusal}, got {Refusal(verifier, asked, proof with { Statement = lie })} of {lie}.");
        // Where the asked statement follows the lie, what is wrong in itself is found.
        (BatchRefusal Refusal, BatchStatement Statement)[] wrong =
        [
            (BatchRefusal.WrongRoot, s with { RootAfter = new Digest32(Enumerable.Repeat((byte)255, 32).ToArray()) }), (BatchRefusal.WrongChunks, s with { Chunks = [other, other] }),
            (BatchRefusal.WrongHead, s with { RootBefore = other }), (BatchRefusal.ForcedItem, s with { Forced = [new ForcedItem(s.FirstForced, BatchCase.Bridge, BatchCase.Deposit(5), 0)] }), (BatchRefusal.Proofs, s with { Forced = [new ForcedItem(s.FirstForced, default, default, 0)] }),
            (BatchRefusal.WrongLastBoundary, s with { Exits = [new(0, EffectKind.Withdrawal, 1, 1, 1, default)] }),
            (BatchRefusal.Proofs, s with { Time = s.Time + 1 }), (BatchRefusal.Proofs, s with { ExitRootBefore = other }),
        ];
        foreach ((BatchRefusal refusal, BatchStatement lie) in wrong) Assert.Equal(refusal, Refusal(verifier, lie.Asked(), proof with { Statement = lie }));
        Assert.Equal(BatchRefusal.ForcedItem, Refusal(verifier, asked, proof with { Claims = [default] }));
        Assert.Equal(BatchRefusal.Steps, Refusal(verifier, asked with { From = 1, To = 8 }, proof));
        Assert.Equal(BatchRefusal.Valid, Refusal(verifier, asked with { To = 1 }, proof));
        Assert.Equal(BatchRefusal.OtherStart, Refusal(verifier, asked with { StartLeaf = other }, proof));
        Assert.Equal(BatchRefusal.OtherEnd, Refusal(verifier, asked with { FinalLeaf = other }, proof));
        Assert.Equal(BatchRefusal.OtherBatch, Refusal(verifier, asked with { BatchHead = other }, proof));
    }

    [Fact]
    public async Task Verify_OtherBoundaries_AreRefusedWithTheReason()
    {
        (BatchVerifier<Permutation> verifier, BatchProof proof) = await s_proven.Value;
        ProofStatement asked = proof.Statement.Asked();
        SegmentBoundary first = proof.Boundaries[0], last = proof.Boundaries[^1];
        (BatchRefusal Refusal, int At, SegmentBoundary Boundary)[] lies =
        [
            (BatchRefusal.WrongFirstBoundary, 0, With(first, SpongeColumns.Start, 0)), (BatchRefusal.WrongFirstBoundary, 0, With(first, SpongeColumns.Offset, 1)),
            (BatchRefusal.WrongFirstBoundary, 0, With(first, SpongeColumns.Ended, 1)), (BatchRefusal.WrongFirstBoundary, 0, Parsed(first, 34, 0, 0)), (BatchRefusal.WrongFirstBoundary, 0, Parsed(first, 35, 1, 0)),
            (BatchRefusal.WrongFirstBoundary, 0, Parsed(first, 35, 0, 1)), (BatchRefusal.WrongFirstBoundary, 0, Counted(first, 9, 1)), (BatchRefusal.WrongOrder, 1, With(proof.Boundaries[1], SpongeColumns.Chunk, 5)),
            (BatchRefusal.WrongOrder, 1, Parsed(proof.Boundaries[1], 35, 1, 0)), (BatchRefusal.WrongOrder, 1, Counted(proof.Boundaries[1], 9, 1)), (BatchRefusal.WrongLastBoundary, 2, With(last, SpongeColumns.Final, 0)),
            (BatchRefusal.WrongLastBoundary, 2, With(last, SpongeColumns.Ended, 0)), (BatchRefusal.WrongLastBoundary, 2, Counted(last, 9, 1)), (BatchRefusal.Unfinished, 2, Parsed(last, 35, 1, 0)),
            (BatchRefusal.Unfinished, 2, Parsed(last, 36, 0, 0)), (BatchRefusal.Unfinished, 2, Parsed(last, 35, 0, 1)), (BatchRefusal.WrongVerdict, 2, Parsed(last, 34, 0, 0)),
        ];
        foreach ((BatchRefusal refusal, int at, SegmentBoundary boundary) in lies)
        {
            SegmentBoundary[] boundaries = [.. proof.Boundaries];
            boundaries[at] = boundary;
            BatchRefusal got = Refusal(verifier, asked, proof with { Boundaries = boundaries });
            Assert.True(refusal == got, $"Expected {refusal} of boundary {at}, got {got}.");
        }
        // What nothing but the proofs knows: the tables' own public values.
        SegmentBoundary[] middle = [first, Counted(proof.Boundaries[1], 10, 0), last];
        Assert.Equal((BatchRefusal.Proofs, GroupVerdict.InvalidProof, 1), Of(verifier.Verify(asked, proof with { Boundaries = middle })));
    }

    [Fact]
    public async Task Verify_ProofsReorderedReplayedOrLeftOut_AreRefusedWithTheReason()
    {
        (BatchVerifier<Permutation> verifier, BatchProof proof) = await s_proven.Value;
        ProofStatement asked = proof.Statement.Asked();
        IReadOnlyList<StarkProof> p = proof.Proofs;
        Assert.Equal((BatchRefusal.Proofs, GroupVerdict.WrongPlace, 1), Of(verifier.Verify(asked, proof with { Proofs = [p[0], p[2], p[1]] })));
        Assert.Equal((BatchRefusal.Proofs, GroupVerdict.WrongPlace, 2), Of(verifier.Verify(asked, proof with { Proofs = [p[0], p[1], p[1]] })));
        Assert.Equal(BatchRefusal.Proofs, Refusal(verifier, asked, proof with { Proofs = [Dummy, p[1], p[2]] }));
        Assert.Equal(BatchRefusal.WrongFirstBoundary, Refusal(verifier, asked, proof with { Proofs = [p[0], p[1]] }));
        Assert.Equal((BatchRefusal.Proofs, GroupVerdict.WrongCount, 0), Of(verifier.Verify(asked, proof with { Proofs = [p[0], p[1]], Boundaries = [proof.Boundaries[0], proof.Boundaries[2]] })));
    }

    /// <summary>Proofs of the same tables under parameters of fewer bits: of another setup, or with the right one's name.</summary>
    [Fact]
    public async Task Verify_ProofsUnderLowerParameters_AreRefusedWithTheReason()
    {
        (BatchVerifier<Permutation> verifier, _) = await s_proven.Value;
        (BatchVerifier<Permutation> low, BatchProof proof) = await ProveAsync(80);
        Assert.True(low.Verify(proof.Statement.Asked(), proof).IsValid);
        Assert.Equal(BatchRefusal.OtherSetup, Refusal(verifier, proof.Statement.Asked(), proof));
        (_, proof) = await ProveAsync(80, verifier.Setup);
        Assert.Equal(BatchRefusal.Proofs, Refusal(verifier, proof.Statement.Asked(), proof));
    }

    [Fact]
    public async Task Verify_HostileBytes_NeverThrows()
    {
        (BatchVerifier<Permutation> verifier, BatchProof proof) = await s_proven.Value;
        byte[] bytes = Write(proof with { Proofs = [.. proof.Proofs.Select(_ => Dummy)] });
        ProofStatement asked = proof.Statement.Asked();
        HostileBytes.Feed([bytes], mutated => Assert.False(verifier.Verify(asked, mutated.ToArray()).IsValid), 3_000);
        Assert.Equal(BatchRefusal.Unreadable, verifier.Verify(asked, (byte[])[.. bytes, 0]).Refusal);
    }

    private static (BatchRefusal, GroupVerdict, int) Of(BatchResult result) => (result.Refusal, result.List.Verdict, result.Proof);

    private static BatchRefusal Refusal(BatchVerifier<Permutation> verifier, in ProofStatement asked, BatchProof proof) => verifier.Verify(asked, proof).Refusal;

    private static SegmentBoundary With(SegmentBoundary edge, int column, uint value)
    {
        F[] sponge = edge.Sponge.ToArray();
        sponge[column] = F.FromUInt32(value);
        return SegmentBoundary.Of(sponge, edge.Parser, edge.Fields, edge.Payments, edge.Counts[0].ToUInt32(), edge.Exits);
    }

    private static SegmentBoundary Parsed(SegmentBoundary edge, uint place, uint transaction, uint failed) =>
        SegmentBoundary.Of(edge.Sponge, [F.FromUInt32(place), F.FromUInt32(transaction), F.FromUInt32(failed)], edge.Fields, edge.Payments, edge.Counts[0].ToUInt32(), edge.Exits);

    private static SegmentBoundary Counted(SegmentBoundary edge, uint accounts, uint exits) => SegmentBoundary.Of(edge.Sponge, edge.Parser, edge.Fields, edge.Payments, accounts, exits);

    private static byte[] Write(BatchProof proof)
    {
        var bytes = new ArrayBufferWriter<byte>();
        proof.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    // A head without rows, which the first segment's stand-ins say; the second segment has nothing to do.
    private static async Task<(BatchVerifier<Permutation>, BatchProof)> ProveAsync(int bits = 100, Digest32? setup = null)
    {
        IAir[] treeAirs = [TokenAir.TreeAccounts, TokenAir.TreeCells, new CloseAir(), s_range];
        IAir[] airs = [TokenAir.Accounts, TokenAir.Cells, new ParserAir(), new FullRowAir(12), new PaymentAir(12), new TransactionAir(), new OutsideAir(RollupBuses.Byte, BusDirection.Send), new OutsideAir(RollupBuses.Chunk, BusDirection.Send), s_range];
        ProofKey tree = new(Key(treeAirs, bits), treeAirs), segment = new(Key(airs, bits), airs);
        BatchVerifier<Permutation> verifier = new(BatchCase.Rules, new BatchKeys(tree, segment));
        var random = new SeededRandom(1);
        Digest32 root = BatchCase.Root(random);
        byte[] source = [2, 3, .. root.Span, 0];
        BatchStatement statement = BatchCase.Any(1) with
        {
            Setup = setup ?? verifier.Setup, RootBefore = root, RootAfter = root, Length = (ulong)source.Length, Chunks = ChunkCommitment.HashesOf(source), Head = source, Forced = [], Exits = [], Payloads = [],
        };
        F[] start = new F[SpongeColumns.Boundary], end = new F[SpongeColumns.Boundary];
        (start[SpongeColumns.Start], end[SpongeColumns.Final], end[SpongeColumns.Ended]) = (F.One, F.One, F.One);
        SegmentBoundary[] edges = [.. new[] { start, end, end }.Select(sponge =>
            SegmentBoundary.Of(sponge, [F.FromUInt32((uint)source.Length), F.Zero, F.Zero], new F[FullRowColumns.Carried], new F[PaymentColumns.CarriedCount], 9, 0))];
        BatchProof proof = new(statement, edges, [], [.. edges.Select(_ => Dummy)]);

        List<(ProofKey Key, Trace<F>[] Traces, F[][] Values, List<PublicMessage<F>> Messages)> parts = [(tree, Traces(treeAirs, []), TableValues.OfTree(treeAirs, statement), [])];
        for (int k = 1; k <= Segments; k++)
        {
            List<PublicMessage<F>> messages = SegmentMessages.Of(statement, [], 0, proof.Boundaries[k - 1], proof.Boundaries[k], k);
            parts.Add((segment, Traces(airs, messages), TableValues.OfSegment(airs, proof, (uint)source.Length, k, default), messages));
        }
        List<EarlyCommitment<F>> commitments = [.. parts.Select(part => StarkGroup.Commit(part.Key.Key, [.. part.Key.Key.EarlyTables.Select(table => part.Traces[table])], [.. part.Key.Key.EarlyTables.Select(table => part.Values[table])]))];
        IReadOnlyList<GroupPlace> places = StarkGroup.Challenges(statement.Digest().Span, commitments);
        List<StarkProof> proofs = [];
        foreach ((ProofKey key, Trace<F>[] traces, F[][] values, List<PublicMessage<F>> messages) in parts)
            proofs.Add(await StarkProver.ProveAsync(key.Key, traces, values, place: places[proofs.Count], messages: messages));
        return (verifier, proof with { Proofs = proofs });
    }

    private static Trace<F>[] Traces(IAir[] airs, List<PublicMessage<F>> messages) => [.. airs.Select(air => air switch
    {
        RangeTableAir range => range.Generate<F>(new uint[Limbs.Radix]),
        OutsideAir outside => OutsideAir.Generate(BusOf(outside), [.. messages.Where(message => message.Bus == BusOf(outside)).Select(message => message.Elements.ToArray())]),
        ParserAir => Places(),
        FullRowAir => new FullRowWriter<F>([], [], [], 12, 0, true, new uint[Limbs.Radix], 5).Trace,
        TransactionAir => Counts(),
        _ => new Trace<F>(air.Shape.Width, 32),
    })];

    private static Bus BusOf(OutsideAir air) => air.Shape.Width == 1 + RollupBuses.Byte.Length ? RollupBuses.Byte : RollupBuses.Chunk;

    // Rows behind the last keep place and numbers.
    private static Trace<F> Places() => new ParserWriter<F>(new byte[35], [], 35, 0, true, new uint[Limbs.Radix], 5).Trace;

    private static Trace<F> Counts()
    {
        Trace<F> trace = new(TransactionColumns.Width, 32);
        for (int row = 0; row < 32; row++) trace[TransactionColumns.Accounts, row] = F.FromUInt32(9);
        return trace;
    }

    private static StarkKey<F> Key(IAir[] airs, int bits)
    {
        StarkShape shape = StarkKey.ShapeOf<F>(airs, minLogRows: 5, maxLogRows: 15, shared: s_shared) with { MaxPublicMessages = airs.Length > 4 ? 1_000 : 0 };
        return StarkKey.Create<F>(airs, StarkParameters.ForTarget(bits, shape, new() { ExtensionDegrees = [4] }), shared: s_shared);
    }
}
