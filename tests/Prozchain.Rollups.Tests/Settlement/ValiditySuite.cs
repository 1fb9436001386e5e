using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Validity mode with a proof system that executes batches again: only proofs make anything final.</summary>
public abstract class ValiditySuite : RollupSuite
{
    protected override FinalityMode Mode => FinalityMode.Validity;

    [Fact]
    public async Task Claims_AreFinalByProofAlone()
    {
        await AppendAsync(2);
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromDays(400));
        Assert.Equal(ClaimMove.None, await NewProposer(Proposer, Truth).StepAsync(Cancellation));
        AbiValue first = await ClaimAsync(0), second = await ClaimAsync(1);
        ClaimableBatch last = (await Truth.FindAsync(1, Cancellation))!.Value;
        AbiValue[] finalize = [AbiValue.List(first, second), last.StateRoot, last.ExitRoot, true];
        Assert.Equal("NotProven(0)", await World.RevertAsync(Stranger, At.StateChain, C.FinalizeBatches, 0, C.Errors, finalize));
        Assert.Equal("TooLate(0)", await World.RevertAsync(Stranger, At.StateChain, C.Contest, Bond, C.Errors, [0UL, first, first, .. (await MakeAsync(Lie(0, 1), 0))[2..]]));

        var proofs = new ReexecutionProofs();
        for (ulong batch = 0; batch < 2; batch++)
        {
            ClaimableBatch own = (await Truth.FindAsync(batch, Cancellation))!.Value;
            var statement = new ProofStatement(own.StartLeaf, own.Leaves.Span[^1], own.Head);
            ReadOnlyMemory<byte> proof = await proofs.ProveAsync(statement, null, Cancellation);
            Assert.True(proofs.Verify(statement, proof.Span));
            await World.DoAsync(Honest, At.ProofRegistry, ProofRegistryContract.Submit, 0, 0UL, statement.StartLeaf, statement.FinalLeaf, statement.BatchHead, AbiValue.Of(proof));
            await World.DoAsync(Honest, At.StateChain, C.Prove, 0, batch, batch == 0 ? first : second, first);
        }
        Assert.Equal("NotProven(0)", await World.RevertAsync(Stranger, At.StateChain, C.FinalizeBatches, 0, C.Errors, finalize));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation)));
        Assert.Equal(last.StateRoot, (await ReadAsync(C.StateRoot, 1UL))[0].ToDigest());
    }
}

public sealed class ValidityInProcessTests : ValiditySuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ValidityOnAnvilTests(AnvilFixture fixture) : ValiditySuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
