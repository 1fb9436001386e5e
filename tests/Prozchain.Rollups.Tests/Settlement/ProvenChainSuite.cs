using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The contract of validity mode: batch by batch proven by one call, and final by time.</summary>
public abstract class ProvenChainSuite : ProvenChainRig
{
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
            AbiValue e = (await World.EventsAsync(Chain, C.Proven))[^1];
            Assert.Equal(((ulong)batch, Root(batch), exit), (e[0].ToUInt64(), e[1].ToDigest(), e[2].ToDigest()));
            Assert.Equal((await World.BlockAsync()).TimestampSeconds, e[3].ToUInt64());
            Assert.Equal(TipOf(Records.Count), (await ReadAsync(C.Tip))[0].ToDigest());
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
        await World.DoAsync(Sequencer, Registry, P.Register, 0, await World.DeployAsync("TestProof", true), false);
        Assert.False(await ConvincesAsync(head, [2, 3], 2));
        Assert.True(await ConvincesAsync(head, [1, 2, 3], 3));
        await World.DoAsync(Sequencer, Registry, P.Retire, 0, 1UL);
        Assert.False(await ConvincesAsync(head, [1, 2], 2));
        Assert.Equal("NotProven(0)", await RevertProveAsync(0, Root(1), default));
    }

    /// <summary>The sound system and hardware together prove what is true, upon genesis and upon what is proven, and nothing else.</summary>
    [Fact]
    public async Task Truth_IsProvenUponWhatIsProven()
    {
        await AppendAsync(2);
        var truth = new TestComputation(World, Chain);
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
                [AbiValue.List(Link(1), Link(0), Link(0)), default(Digest32)], [AbiValue.List(Link(0)), TipOf(1)], [AbiValue.List(AbiValue.List(Records[1].Leaf, Records[1].When + 1)), TipOf(1)],
                [AbiValue.List(AbiValue.List(Root(5), Records[1].When)), TipOf(1)], [AbiValue.List(Link(0), Link(1)), default(Digest32)],
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
        Assert.Equal(Records[2].When, (await ReadAsync(C.LastFinalAt))[0].ToUInt64());
        Assert.Equal(Root(70), (await ReadAsync(C.ExitRoot, 0UL))[0].ToDigest());
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, Chain, C.FinalizeBatches, 0, Links(1), TipOf(2));
        Assert.Equal((2UL, true), await FinalAsync());
        Assert.Equal((await World.BlockAsync()).TimestampSeconds, (await ReadAsync(C.LastFinalAt))[0].ToUInt64());
        Assert.Equal(3UL, Assert.Single(await World.EventsAsync(Chain, C.Finalized))[0].ToUInt64());
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
    }

    [Fact]
    public async Task Roots_OfFinalBatches_ArePublishedByAnyone()
    {
        await AppendAsync(3);
        for (int batch = 0; batch < 3; batch++) await ProveAsync(batch, Root(batch), Root(70 + batch));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, Chain, C.FinalizeBatches, 0, Links(3), default(Digest32));
        await AppendAsync(1);
        await ProveAsync(1, Root(3), default);
        Assert.Equal("NotFinal(3)", await RevertAsync(C.Publish, Links(1), TipOf(3), Root(3), default(Digest32)));
        Assert.Equal("NotFinal(4)", await RevertAsync(C.Publish, AbiValue.List(), TipOf(4), Root(3), default(Digest32)));
        Assert.Equal("WrongRoots()", await RevertAsync(C.Publish, Links(2), TipOf(2), Root(1), Root(72)));
        Assert.Equal(default, (await ReadAsync(C.StateRoot, 2UL))[0].ToDigest());
        foreach (int batch in (int[])[2, 0])
        {
            await World.DoAsync(Stranger, Chain, C.Publish, 0, Links(4 - batch), TipOf(batch), Root(batch), Root(70 + batch));
            Assert.Equal((Root(batch), Root(70 + batch)), ((await ReadAsync(C.StateRoot, (ulong)batch))[0].ToDigest(), (await ReadAsync(C.ExitRoot, (ulong)batch))[0].ToDigest()));
        }
        Assert.Equal(2, (await World.EventsAsync(Chain, C.Published)).Count);
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
        Assert.Equal("UnknownRecords()", await World.RevertAsync(Sequencer, Chain, C.Multicall, 0, C.Errors, AbiValue.List(AbiValue.Of(prove), AbiValue.Of(prove))));
        Assert.Equal("FeeTooLow(1000000000000000, 0)", await World.RevertAsync(Sequencer, Chain, C.Multicall, 0, C.Errors, AbiValue.List(AbiValue.Of(InboxContract.Enqueue.Encode(AbiValue.Of(new byte[1]))))));
        Assert.False((await World.As(Sequencer).CallAsync(new ChainCall(Chain, C.Multicall.Encode(both), 1), Cancellation)).IsOk);
        Assert.False((await World.As(Sequencer).CallAsync(new ChainCall(Chain, C.Multicall.Encode(AbiValue.List(AbiValue.Of(new byte[] { 1, 2, 3, 4 })))), Cancellation)).IsOk);
        await World.DoAsync(Sequencer, Chain, C.Multicall, 0, both);
        await NoteAsync(Root(0), default);
        Assert.Equal((1UL, 2UL), ((await ReadAsync(C.ProvenCount))[0].ToUInt64(), (await ReadAsync(InboxContract.BatchCount))[0].ToUInt64()));
        InboxBatch batch = default;
        foreach (ChainLog log in await World.LogsAsync(Chain))
            if (InboxContract.TryRead(log, out InboxBatch read)) batch = read;
        Assert.Equal((1UL, Root(8), World.AddressOf(Sequencer)), (batch.Number, batch.Data, batch.Poster));
        Assert.Equal(batch.Head, (await ReadAsync(InboxContract.BatchHeads, 1UL))[0].ToDigest());
        await ProveAsync(1, Root(1), default);
    }

    [Fact]
    public async Task Chain_WithAShortWait_CannotBe()
    {
        AbiValue[] arguments = [World.AddressOf(Sequencer), AbiValue.List(), 0UL, Registry, 59UL, TestComputation.Genesis];
        Assert.False((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        arguments[4] = 60UL;
        Assert.True((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        arguments[2] = 1UL;
        Assert.False((await World.CreateAsync("ProvenChain", arguments)).IsOk);
        Assert.Equal((Delay, Registry), ((await ReadAsync(C.ProofDelay))[0].ToUInt64(), (await ReadAsync(C.Proofs))[0].ToAddress()));
        Assert.Equal(StateChainContract.LeafOf(TestComputation.Genesis, default), (await ReadAsync(C.GenesisLeaf))[0].ToDigest());
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
