using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// The contract of validity mode: batch by batch proven by one call, final by time, and what a halt overtook proven again.
/// System 0 executes batches again, 1 is a validity proof that believes anything, 2 hardware that does; two must agree.
/// </summary>
public abstract class ProvenChainSuite : SettlementSuite
{
    private const int Sequencer = 0, Stranger = 1;
    private const ulong Delay = 600;

    private readonly List<(Digest32 Leaf, ulong When)> _records = [];
    private L1Address _chain, _registry;

    [Fact]
    public async Task Proof_OfTheNextBatch_IsKeptAsOneWord()
    {
        Assert.Equal("NoBatch(0)", await RevertProveAsync(0, Root(1), default));
        await AppendAsync(3);
        Assert.Equal(default, (await ReadAsync(C.Tip))[0].ToDigest());
        for (int batch = 0; batch < 3; batch++)
        {
            Digest32 exit = batch == 1 ? Root(77) : default;
            await ProveAsync(batch == 0 ? 0 : 1, Root(batch), exit);
            AbiValue e = (await World.EventsAsync(_chain, C.Proven))[^1];
            Assert.Equal(((ulong)batch, Root(batch), exit), (e[0].ToUInt64(), e[1].ToDigest(), e[2].ToDigest()));
            Assert.Equal((await World.BlockAsync()).TimestampSeconds, e[3].ToUInt64());
            Assert.Equal(TipOf(_records.Count), (await ReadAsync(C.Tip))[0].ToDigest());
        }
        Assert.Equal((3UL, 0UL), ((await ReadAsync(C.ProvenCount))[0].ToUInt64(), (await ReadAsync(C.FinalCount))[0].ToUInt64()));
        Assert.Equal("NoBatch(3)", await RevertProveAsync(1, Root(3), default));
        // Nothing is told of what is not final.
        Assert.Equal((default, false), ((await ReadAsync(C.ExitRoot, 1UL))[0].ToDigest(), (await ReadAsync(C.IsFinal, 1UL))[0].ToBool()));
    }

    [Fact]
    public async Task Evidence_ThatDoesNotConvince_ProvesNothing()
    {
        await AppendAsync(1);
        Digest32 head = (await ReadAsync(InboxContract.BatchHeads, 0UL))[0].ToDigest();
        // The sound system stands against what the broken one believes.
        foreach (ulong[] systems in (ulong[][])[[], [1], [2], [1, 1], [2, 1], [1, 3], [0, 1], [0, 2], [0, 1, 2], [1, 2, 2]])
        {
            Assert.Equal("NotProven(0)", await RevertProveAsync(0, Root(1), default, systems));
            Assert.False(await ConvincesAsync(head, systems, systems.Length));
        }
        Assert.True(await ConvincesAsync(head, [1, 2], 2));
        Assert.False(await ConvincesAsync(head, [1, 2], 1));
        Assert.False(await ConvincesAsync(head, [1, 2], 3));
        // Two second opinions are no proof.
        await World.DoAsync(Sequencer, _registry, P.Register, 0, await World.DeployAsync("TestProof", true), false);
        Assert.False(await ConvincesAsync(head, [2, 3], 2));
        Assert.True(await ConvincesAsync(head, [1, 2, 3], 3));
        await World.DoAsync(Sequencer, _registry, P.Retire, 0, 1UL);
        Assert.False(await ConvincesAsync(head, [1, 2], 2));
        Assert.Equal("NotProven(0)", await RevertProveAsync(0, Root(1), default));
    }

    /// <summary>The sound system and hardware together prove what is true, upon genesis and upon what is proven, and nothing else.</summary>
    [Fact]
    public async Task Truth_IsProvenUponWhatIsProven()
    {
        await AppendAsync(2);
        var truth = new TestComputation(World, _chain);
        for (ulong batch = 0; batch < 2; batch++)
        {
            ClaimableBatch own = (await truth.FindAsync(batch, Cancellation))!.Value;
            Assert.Equal($"NotProven({batch})", await RevertProveAsync((int)batch, Root(9), default, [0, 2]));
            await ProveAsync((int)batch, own.StateRoot, own.ExitRoot, [0, 2]);
        }
    }

    [Fact]
    public async Task Records_ThatWereNotMade_AreRefused()
    {
        await AppendAsync(4);
        await ProveAsync(0, Root(0), default);
        await ProveAsync(1, Root(1), default);
        foreach (AbiValue[] path in (AbiValue[][])
            [
                [AbiValue.List(), TipOf(2)], [AbiValue.List(), default(Digest32)], [Links(1), default(Digest32)], [Links(1), TipOf(2)],
                [AbiValue.List(Link(1), Link(0), Link(0)), default(Digest32)], [AbiValue.List(Link(0)), TipOf(1)], [AbiValue.List(AbiValue.List(_records[1].Leaf, _records[1].When + 1)), TipOf(1)],
                [AbiValue.List(AbiValue.List(Root(5), _records[1].When)), TipOf(1)], [AbiValue.List(Link(0), Link(1)), default(Digest32)],
            ])
        {
            Assert.Equal("UnknownRecords()", await RevertAsync(C.Prove, [.. path, .. Claim(Root(2), default, [1, 2])]));
            if (path[0].Items.Length == 0 && path[1].ToDigest() == TipOf(2)) continue;
            Assert.Equal("UnknownRecords()", await RevertAsync(C.FinalizeBatches, path));
            Assert.Equal("UnknownRecords()", await RevertAsync(C.Publish, [.. path, Root(1), default(Digest32)]));
            Assert.Equal("UnknownRecords()", await RevertAsync(C.Restart, path));
        }
        await ProveAsync(2, Root(2), default);
        await ProveAsync(1, Root(3), default);
    }

    [Fact]
    public async Task Batches_AreFinalByTime_WithTheNextProofOrWithout()
    {
        await AppendAsync(4);
        Assert.Equal((0UL, false), await FinalAsync());
        ulong start = (await ReadAsync(C.LastFinalAt))[0].ToUInt64();
        Assert.InRange(start, 1UL, (await World.BlockAsync()).TimestampSeconds);
        await ProveAsync(0, Root(0), Root(70));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay / 2));
        await ProveAsync(1, Root(1), default);
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(2), default(Digest32)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay / 2));
        // The newer one is not due; without the older one named nothing is.
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(1), TipOf(1)));
        await ProveAsync(2, Root(2), default);
        Assert.Equal((0UL, true), await FinalAsync());
        Assert.Equal(_records[2].When, (await ReadAsync(C.LastFinalAt))[0].ToUInt64());
        Assert.Equal(Root(70), (await ReadAsync(C.ExitRoot, 0UL))[0].ToDigest());
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, _chain, C.FinalizeBatches, 0, Links(1), TipOf(2));
        Assert.Equal((2UL, true), await FinalAsync());
        Assert.Equal((await World.BlockAsync()).TimestampSeconds, (await ReadAsync(C.LastFinalAt))[0].ToUInt64());
        Assert.Equal(3UL, Assert.Single(await World.EventsAsync(_chain, C.Finalized))[0].ToUInt64());
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
    }

    [Fact]
    public async Task Roots_OfFinalBatches_ArePublishedByAnyone()
    {
        await AppendAsync(3);
        for (int batch = 0; batch < 3; batch++) await ProveAsync(batch, Root(batch), Root(70 + batch));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, _chain, C.FinalizeBatches, 0, Links(3), default(Digest32));
        await AppendAsync(1);
        await ProveAsync(1, Root(3), default);
        Assert.Equal("NotFinal(3)", await RevertAsync(C.Publish, Links(1), TipOf(3), Root(3), default(Digest32)));
        Assert.Equal("NotFinal(4)", await RevertAsync(C.Publish, AbiValue.List(), TipOf(4), Root(3), default(Digest32)));
        Assert.Equal("WrongRoots()", await RevertAsync(C.Publish, Links(2), TipOf(2), Root(1), Root(72)));
        Assert.Equal(default, (await ReadAsync(C.StateRoot, 2UL))[0].ToDigest());
        foreach (int batch in (int[])[2, 0])
        {
            await World.DoAsync(Stranger, _chain, C.Publish, 0, Links(4 - batch), TipOf(batch), Root(batch), Root(70 + batch));
            Assert.Equal((Root(batch), Root(70 + batch)), ((await ReadAsync(C.StateRoot, (ulong)batch))[0].ToDigest(), (await ReadAsync(C.ExitRoot, (ulong)batch))[0].ToDigest()));
        }
        Assert.Equal(2, (await World.EventsAsync(_chain, C.Published)).Count);
    }

    /// <summary>What was not final when the proofs contradicted each other never is, however old; what was stays.</summary>
    [Fact]
    public async Task Halt_OvertakesWhatIsNotFinal_AndItIsProvenAgain()
    {
        await AppendAsync(4);
        await ProveAsync(0, Root(0), Root(70));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await ProveAsync(1, Root(1), Root(71));
        await ProveAsync(1, Root(2), Root(72));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await HaltAsync();
        Assert.Equal("Halted()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
        Assert.Equal("NotProven(3)", await RevertProveAsync(1, Root(3), default));
        Assert.Equal("NotStale(2)", await RevertAsync(C.Restart, Links(2), TipOf(1)));
        await World.DoAsync(Stranger, _chain, C.Publish, 0, Links(3), default(Digest32), Root(0), Root(70));
        await World.DoAsync(Sequencer, _registry, P.Resume, 0);
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
        // In the second of the resume nothing can be proven.
        if (World is InProcessWorld) Assert.Equal("NotProven(3)", await RevertProveAsync(3, Root(3), default));
        await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("Stale(2)", await RevertProveAsync(3, Root(3), default));
        Assert.Equal("NotStale(2)", await RevertAsync(C.Restart, Links(3), default(Digest32)));
        Assert.Equal("NothingToDo()", await RevertAsync(C.Restart, AbiValue.List(), TipOf(3)));

        // One after the other, or both at once.
        await World.DoAsync(Stranger, _chain, C.Restart, 0, Links(1), TipOf(2));
        _records.RemoveAt(2);
        Assert.Equal("Stale(1)", await RevertProveAsync(2, Root(3), default));
        await World.DoAsync(Stranger, _chain, C.Restart, 0, Links(1), TipOf(1));
        _records.RemoveAt(1);
        Assert.Equal([(2UL, 3UL), (1UL, 2UL)], (await World.EventsAsync(_chain, C.Dropped)).Select(e => (e[0].ToUInt64(), e[1].ToUInt64())));
        Assert.Equal((TipOf(1), 1UL), ((await ReadAsync(C.Tip))[0].ToDigest(), (await ReadAsync(C.ProvenCount))[0].ToUInt64()));
        Assert.Equal("NotStale(0)", await RevertAsync(C.Restart, Links(1), default(Digest32)));

        // Upon the old final record, whose time the registry trusts no more; the exit root of before is gone.
        await ProveAsync(1, Root(5), default);
        await ProveAsync(1, Root(6), Root(76));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        Assert.Equal("NotStale(2)", await RevertAsync(C.Restart, Links(2), TipOf(1)));
        await World.DoAsync(Stranger, _chain, C.FinalizeBatches, 0, Links(3), default(Digest32));
        Assert.Equal((2UL, true), await FinalAsync());
        Assert.Equal((Root(70), default, Root(76)), ((await ReadAsync(C.ExitRoot, 0UL))[0].ToDigest(), (await ReadAsync(C.ExitRoot, 1UL))[0].ToDigest(), (await ReadAsync(C.ExitRoot, 2UL))[0].ToDigest()));
    }

    [Fact]
    public async Task Halt_BeforeAnythingIsFinal_StartsFromGenesis()
    {
        await AppendAsync(2);
        await ProveAsync(0, Root(0), Root(70));
        await ProveAsync(1, Root(1), default);
        await HaltAsync();
        await World.DoAsync(Sequencer, _registry, P.Resume, 0);
        await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await World.DoAsync(Stranger, _chain, C.Restart, 0, Links(2), default(Digest32));
        _records.Clear();
        Assert.Equal(default, (await ReadAsync(C.Tip))[0].ToDigest());
        var truth = new TestComputation(World, _chain);
        ClaimableBatch own = (await truth.FindAsync(0, Cancellation))!.Value;
        await ProveAsync(0, own.StateRoot, own.ExitRoot, [0, 2]);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, _chain, C.FinalizeBatches, 0, Links(1), default(Digest32));
        Assert.Equal(default, (await ReadAsync(C.ExitRoot, 0UL))[0].ToDigest());
    }

    [Fact]
    public async Task Multicall_ProvesAndAppends_OrDoesNothing()
    {
        await AppendAsync(1);
        AbiValue none = await World.NoItemsAsync();
        byte[] prove = C.Prove.Encode([Links(0), TipOf(0), .. Claim(Root(0), default, [1, 2])]);
        byte[] append = InboxContract.AppendCertified.Encode(1UL, Root(8), 5UL, AbiValue.Of(ReadOnlyMemory<byte>.Empty), 0UL, none);
        AbiValue both = AbiValue.List(AbiValue.Of(prove), AbiValue.Of(append));
        // The sequencer's call is the sequencer's alone, and money cannot be counted twice.
        Assert.Equal($"NotSequencer({World.AddressOf(Stranger)})", await RevertAsync(C.Multicall, both));
        Assert.Equal("UnknownRecords()", await World.RevertAsync(Sequencer, _chain, C.Multicall, 0, C.Errors, AbiValue.List(AbiValue.Of(prove), AbiValue.Of(prove))));
        Assert.Equal("FeeTooLow(1000000000000000, 0)", await World.RevertAsync(Sequencer, _chain, C.Multicall, 0, C.Errors, AbiValue.List(AbiValue.Of(InboxContract.Enqueue.Encode(AbiValue.Of(new byte[1]))))));
        Assert.False((await World.As(Sequencer).CallAsync(new ChainCall(_chain, C.Multicall.Encode(both), 1), Cancellation)).IsOk);
        Assert.False((await World.As(Sequencer).CallAsync(new ChainCall(_chain, C.Multicall.Encode(AbiValue.List(AbiValue.Of(new byte[] { 1, 2, 3, 4 })))), Cancellation)).IsOk);
        await World.DoAsync(Sequencer, _chain, C.Multicall, 0, both);
        await NoteAsync(Root(0), default);
        Assert.Equal((1UL, 2UL), ((await ReadAsync(C.ProvenCount))[0].ToUInt64(), (await ReadAsync(InboxContract.BatchCount))[0].ToUInt64()));
        InboxBatch batch = default;
        foreach (ChainLog log in await World.LogsAsync(_chain))
            if (InboxContract.TryRead(log, out InboxBatch read)) batch = read;
        Assert.Equal((1UL, Root(8), World.AddressOf(Sequencer)), (batch.Number, batch.Data, batch.Poster));
        Assert.Equal(batch.Head, (await ReadAsync(InboxContract.BatchHeads, 1UL))[0].ToDigest());
        await ProveAsync(1, Root(1), default);
    }

    [Fact]
    public async Task Chain_WithAShortWait_CannotBe()
    {
        AbiValue[] arguments = [World.AddressOf(Sequencer), AbiValue.List(), 0UL, _registry, 59UL, TestComputation.Genesis];
        Assert.False((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        arguments[4] = 60UL;
        Assert.True((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        arguments[2] = 1UL;
        Assert.False((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        Assert.Equal((Delay, _registry), ((await ReadAsync(C.ProofDelay))[0].ToUInt64(), (await ReadAsync(C.Proofs))[0].ToAddress()));
        Assert.Equal(StateChainContract.LeafOf(TestComputation.Genesis, default), (await ReadAsync(C.GenesisLeaf))[0].ToDigest());
    }

    protected override async Task PrepareAsync()
    {
        AbiValue verifiers = AbiValue.List(await World.DeployAsync("TestProof", false), await World.DeployAsync("TestProof", true), await World.DeployAsync("TestProof", true));
        _registry = await World.DeployAsync("ProofRegistry", World.AddressOf(Sequencer), verifiers, AbiValue.List(true, true, false), 2UL);
        _chain = await World.DeployAsync("ProvenChain", World.AddressOf(Sequencer), AbiValue.List(), 0UL, _registry, Delay, TestComputation.Genesis);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Digest32 Root(int seed) => Tests.World.Root(100 + seed);

    private static AbiValue[] Claim(Digest32 state, Digest32 exit, ulong[] systems, int? evidence = null) =>
        [state, exit, AbiValue.List([.. systems.Select(system => (AbiValue)system)]), AbiValue.List([.. Enumerable.Repeat(AbiValue.Of(ReadOnlyMemory<byte>.Empty), evidence ?? systems.Length)])];

    private AbiValue Link(int batch) => AbiValue.List(_records[batch].Leaf, _records[batch].When);

    // The newest records, newest first.
    private AbiValue Links(int count) => AbiValue.List([.. Enumerable.Range(0, count).Select(i => Link(_records.Count - 1 - i))]);

    // The word after so many batches, worked out anew.
    private Digest32 TipOf(int count)
    {
        Digest32 record = default;
        for (int i = 0; i < count; i++) record = C.RecordOf((ulong)i + 1, _records[i].Leaf, _records[i].When, record);
        return record;
    }

    private Task<AbiValue> ReadAsync(AbiFunction function, params AbiValue[] arguments) => World.ReadAsync(_chain, function, arguments);

    private async Task<(ulong Batch, bool Any)> FinalAsync()
    {
        AbiValue last = await ReadAsync(C.LastFinal);
        Assert.Equal((await ReadAsync(C.LastFinalAt))[0].ToUInt64(), last[1].ToUInt64());
        Assert.Equal((last[2].ToBool() ? last[0].ToUInt64() + 1 : 0, false), ((await ReadAsync(C.FinalCount))[0].ToUInt64(), (await ReadAsync(C.IsFinal, last[0].ToUInt64() + 1))[0].ToBool()));
        return (last[0].ToUInt64(), last[2].ToBool());
    }

    private async Task AppendAsync(int count)
    {
        ulong next = (await ReadAsync(InboxContract.BatchCount))[0].ToUInt64();
        for (int i = 0; i < count; i++) await World.DoAsync(Sequencer, _chain, InboxContract.AppendCalldata, 0, next + (ulong)i, AbiValue.Of(new byte[] { 1, 2, 3 }), 0UL, await World.NoItemsAsync());
    }

    private async Task ProveAsync(int links, Digest32 state, Digest32 exit, ulong[]? systems = null)
    {
        await World.DoAsync(Stranger, _chain, C.Prove, 0, [Links(links), TipOf(_records.Count - links), .. Claim(state, exit, systems ?? [1, 2])]);
        await NoteAsync(state, exit);
    }

    // A proof in the newest block.
    private async Task NoteAsync(Digest32 state, Digest32 exit) => _records.Add((StateChainContract.LeafOf(state, exit), (await World.BlockAsync()).TimestampSeconds));

    private Task<string> RevertProveAsync(int links, Digest32 state, Digest32 exit, ulong[]? systems = null) =>
        RevertAsync(C.Prove, [Links(links), TipOf(_records.Count - links), .. Claim(state, exit, systems ?? [1, 2])]);

    private Task<string> RevertAsync(AbiFunction function, params AbiValue[] arguments) => World.RevertAsync(Stranger, _chain, function, 0, C.Errors, arguments);

    private async Task<bool> ConvincesAsync(Digest32 head, ulong[] systems, int evidence)
    {
        AbiValue answer = await World.ReadAsync(_registry, P.Check, [Root(5), Root(6), head, .. Claim(default, default, systems, evidence)[2..]]);
        Assert.Equal((await World.ReadAsync(_registry, P.TrustedFrom))[0].ToUInt64(), answer[1].ToUInt64());
        return answer[0].ToBool();
    }

    // Two validity proofs of different leaves, handed in where they are compared.
    private async Task HaltAsync()
    {
        Digest32 start = Root(50), head = Root(51);
        foreach (Digest32 final in (Digest32[])[Root(52), Root(53)]) await World.DoAsync(Stranger, _registry, P.Submit, 0, 1UL, start, final, head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        Assert.True((await World.ReadAsync(_registry, P.Halted))[0].ToBool());
        Assert.False(await ConvincesAsync(head, [1, 2], 2));
    }
}

public sealed class ProvenChainInProcessTests : ProvenChainSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ProvenChainOnAnvilTests(AnvilFixture fixture) : ProvenChainSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
