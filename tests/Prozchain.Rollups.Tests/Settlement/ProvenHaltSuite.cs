using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>The contract of validity mode over a halt of the proofs: what it overtook is proven again.</summary>
public abstract class ProvenHaltSuite : ProvenChainRig
{
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
        await World.DoAsync(Stranger, Chain, C.Publish, 0, Links(3), default(Digest32), Root(0), Root(70));
        await World.DoAsync(Sequencer, Registry, P.Resume, 0);
        Assert.Equal("NothingToDo()", await RevertAsync(C.FinalizeBatches, Links(3), default(Digest32)));
        // In the second of the resume nothing can be proven.
        if (World is InProcessWorld) Assert.Equal("NotProven(3)", await RevertProveAsync(3, Root(3), default));
        await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("Stale(2)", await RevertProveAsync(3, Root(3), default));
        Assert.Equal("NotStale(2)", await RevertAsync(C.Restart, Links(3), default(Digest32)));
        Assert.Equal("NothingToDo()", await RevertAsync(C.Restart, AbiValue.List(), TipOf(3)));

        // One after the other, or both at once.
        await World.DoAsync(Stranger, Chain, C.Restart, 0, Links(1), TipOf(2));
        Records.RemoveAt(2);
        Assert.Equal("Stale(1)", await RevertProveAsync(2, Root(3), default));
        await World.DoAsync(Stranger, Chain, C.Restart, 0, Links(1), TipOf(1));
        Records.RemoveAt(1);
        Assert.Equal([(2UL, 3UL), (1UL, 2UL)], (await World.EventsAsync(Chain, C.Dropped)).Select(e => (e[0].ToUInt64(), e[1].ToUInt64())));
        Assert.Equal((TipOf(1), 1UL), ((await ReadAsync(C.Tip))[0].ToDigest(), (await ReadAsync(C.ProvenCount))[0].ToUInt64()));
        Assert.Equal("NotStale(0)", await RevertAsync(C.Restart, Links(1), default(Digest32)));

        // Upon the old final record, whose time the registry trusts no more; the exit root of before is gone.
        await ProveAsync(1, Root(5), default);
        await ProveAsync(1, Root(6), Root(76));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        Assert.Equal("NotStale(2)", await RevertAsync(C.Restart, Links(2), TipOf(1)));
        await World.DoAsync(Stranger, Chain, C.FinalizeBatches, 0, Links(3), default(Digest32));
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
        await World.DoAsync(Sequencer, Registry, P.Resume, 0);
        await World.AdvanceAsync(TimeSpan.FromSeconds(1));
        await World.DoAsync(Stranger, Chain, C.Restart, 0, Links(2), default(Digest32));
        Records.Clear();
        Assert.Equal(default, (await ReadAsync(C.Tip))[0].ToDigest());
        var truth = new TestComputation(World, Chain);
        ClaimableBatch own = (await truth.FindAsync(0, Cancellation))!.Value;
        await ProveAsync(0, own.StateRoot, own.ExitRoot, [0, 2]);
        await World.AdvanceAsync(TimeSpan.FromSeconds(Delay));
        await World.DoAsync(Stranger, Chain, C.FinalizeBatches, 0, Links(1), default(Digest32));
        Assert.Equal(default, (await ReadAsync(C.ExitRoot, 0UL))[0].ToDigest());
    }
}

public sealed class ProvenHaltInProcessTests : ProvenHaltSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ProvenHaltOnAnvilTests(AnvilFixture fixture) : ProvenHaltSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
