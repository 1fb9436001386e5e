using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// Hybrid finality with a proof system that executes batches again: system 0 is sound, system 1 a validity proof that
/// believes anything, system 2 hardware that does.
/// </summary>
public abstract class ProofSuite : RollupSuite
{
    protected override FinalityMode Mode => FinalityMode.Hybrid;

    [Fact]
    public async Task Batch_ThatIsProven_IsFinalSoon()
    {
        await AppendAsync(2);
        await ClaimAllAsync(Truth);
        AbiValue first = await ClaimAsync(0), second = await ClaimAsync(1);
        Assert.Equal("NotProven(0)", await RevertAsync(C.Prove, 0UL, first, first));
        await SubmitAsync(0, 0, Truth);
        await SubmitAsync(0, 1, Truth);
        await World.DoAsync(Stranger, At.StateChain, C.Prove, 0, 0UL, first, first);
        await World.DoAsync(Stranger, At.StateChain, C.Prove, 0, 1UL, second, first);
        Assert.Equal((3UL, 3UL), (await StatusAsync(0), await StatusAsync(1)));
        AbiValue[] rival = (await MakeAsync(Lie(0, 3), 0))[2..];
        Assert.Equal("AlreadyProven(0)", await RevertAsync(C.Contest, Bond, [0UL, first, first, .. rival]));
        Assert.Equal(ClaimMove.None, await NewProposer(Proposer, Truth).StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation)));
        Assert.Equal((5UL, 5UL), (await StatusAsync(0), await StatusAsync(1)));
    }

    [Fact]
    public async Task Hardware_Alone_ShortensNothing()
    {
        await AppendAsync(1);
        await ClaimAllAsync(Truth);
        AbiValue claim = await ClaimAsync(0);
        await SubmitAsync(2, 0, Truth);
        await SubmitAsync(2, 0, Lie(0, 3));
        Assert.Equal("NotProven(0)", await RevertAsync(C.Prove, 0UL, claim, claim));
        Assert.Equal("AlreadyDone()", await RevertSubmitAsync(2, 0, Truth));
        Assert.Equal("WrongProof()", await RevertSubmitAsync(0, 0, Lie(0, 3)));
        Assert.Equal("UnknownSystem(3)", await RevertSubmitAsync(3, 0, Truth));
        Assert.False((await World.ReadAsync(At.ProofRegistry, P.Halted))[0].ToBool());
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period));
        Assert.Equal(ClaimMove.Finalized, await NewProposer(Proposer, Truth).StepAsync(Cancellation));
    }

    [Fact]
    public async Task Proofs_OfDifferentRoots_HaltAll()
    {
        await AppendAsync(2);
        await ClaimAllAsync(Truth, 1);
        AbiValue claim = await ClaimAsync(0);
        await SubmitAsync(0, 0, Truth);
        await World.DoAsync(Stranger, At.StateChain, C.Prove, 0, 0UL, claim, claim);
        await SubmitAsync(1, 0, Lie(0, 3));
        Assert.True((await World.ReadAsync(At.ProofRegistry, P.Halted))[0].ToBool());
        Assert.Equal("IsHalted()", await RevertSubmitAsync(0, 1, Truth));
        ClaimableBatch own = (await Truth.FindAsync(0, Cancellation))!.Value;
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period));
        Assert.Equal("Halted()", await RevertAsync(C.FinalizeBatches, 0, [AbiValue.List(claim), own.StateRoot, own.ExitRoot, true]));
        Assert.Equal(ClaimMove.None, await NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.StartsWith("NotGovernor(", await World.RevertAsync(Stranger, At.ProofRegistry, P.Resume, 0, P.Errors), StringComparison.Ordinal);
    }

    /// <summary>One round: a proof of where the batch leads ends a claim that says otherwise, and what builds upon it.</summary>
    [Fact]
    public async Task Proof_OfAnotherRoot_EndsTheClaim()
    {
        await AppendAsync(2);
        await ClaimAllAsync(Lie(0, 5));
        AbiValue claim = await ClaimAsync(0);
        ClaimableBatch own = (await Truth.FindAsync(0, Cancellation))!.Value;
        Digest32 truth = own.Leaves.Span[^1];
        Assert.Equal("NotProven(0)", await RevertAsync(C.Refute, 0UL, claim, claim, truth));
        await SubmitAsync(2, 0, Truth);
        Assert.Equal("NotProven(0)", await RevertAsync(C.Refute, 0UL, claim, claim, truth));
        await SubmitAsync(0, 0, Truth);
        Assert.Equal("NotProven(0)", await RevertAsync(C.Refute, 0UL, claim, claim, claim[3]));
        await World.DoAsync(Stranger, At.StateChain, C.Refute, 0, 0UL, claim, claim, truth);
        Assert.Equal(0UL, await StatusAsync(0));
        Assert.Equal(Bond / 2, (await World.ReadAsync(At.BondVault, BondVaultContract.Entries, World.AddressOf(Stranger)))[0].ToUInt128());
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.Single(await World.EventsAsync(At.StateChain, C.Discarded));
        claim = await ClaimAsync(0);
        await World.DoAsync(Stranger, At.StateChain, C.Prove, 0, 0UL, claim, claim);
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation)));
        Assert.Equal(own.StateRoot, (await ReadAsync(C.StateRoot, 0UL))[0].ToDigest());
        Assert.Equal(Bond, await World.BalanceOfAsync(At.StateChain));
    }

    [Fact]
    public async Task Registry_WithoutAValidityProof_CannotBe()
    {
        L1Address governor = World.AddressOf(Sequencer), verifier = At.Inbox;
        Assert.False((await World.CreateAsync("ProofRegistry", governor, AbiValue.List(verifier), AbiValue.List(false), 1UL)).IsOk);
        Assert.False((await World.CreateAsync("ProofRegistry", governor, AbiValue.List(verifier), AbiValue.List(true), 2UL)).IsOk);
        Assert.False((await World.CreateAsync("ProofRegistry", governor, AbiValue.List(verifier), AbiValue.List(true), 0UL)).IsOk);
        ChainReceipt made = await World.CreateAsync("ProofRegistry", governor, AbiValue.List(verifier), AbiValue.List(true), 1UL);
        Assert.Equal("NoValidityProof()", await World.RevertAsync(Sequencer, made.Created, P.Retire, 0, P.Errors, 0UL));
        await World.DoAsync(Sequencer, made.Created, P.Register, 0, verifier, true);
        await World.DoAsync(Sequencer, made.Created, P.Retire, 0, 0UL);
        Assert.Equal("UnknownSystem(0)", await World.RevertAsync(Sequencer, made.Created, P.Retire, 0, P.Errors, 0UL));
        Assert.Equal("NoValidityProof()", await World.RevertAsync(Sequencer, made.Created, P.Retire, 0, P.Errors, 1UL));
        Assert.Equal((2UL, 1UL), ((await World.ReadAsync(made.Created, P.SystemCount))[0].ToUInt64(), (await World.ReadAsync(made.Created, P.ValidityCount))[0].ToUInt64()));
        Assert.Equal("AlreadyDone()", await World.RevertAsync(Sequencer, made.Created, P.Resume, 0, P.Errors));
    }

    [Fact]
    public async Task Registry_ThatWasMended_ForgetsWhatWasProven()
    {
        AbiValue verifiers = AbiValue.List(await World.DeployAsync("TestProof", false), await World.DeployAsync("TestProof", true));
        L1Address registry = await World.DeployAsync("ProofRegistry", World.AddressOf(Sequencer), verifiers, AbiValue.List(true, true), 1UL);
        Digest32 start = Noise(1), head = Noise(2), final = ReexecutionProofs.Run(start, head);
        await World.DoAsync(Stranger, registry, P.Submit, 0, 0UL, start, final, head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        Assert.NotEqual(0UL, (await World.ReadAsync(registry, P.ProvenAt, start, final, head))[0].ToUInt64());
        await World.DoAsync(Stranger, registry, P.Submit, 0, 1UL, start, Noise(3), head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await World.DoAsync(Sequencer, registry, P.Retire, 0, 1UL);
        await World.DoAsync(Sequencer, registry, P.Resume, 0);
        Assert.Equal(0UL, (await World.ReadAsync(registry, P.ProvenAt, start, final, head))[0].ToUInt64());
        Assert.Equal((await World.BlockAsync()).TimestampSeconds, (await World.ReadAsync(registry, P.TrustedFrom))[0].ToUInt64());
        await World.DoAsync(Stranger, registry, P.Submit, 0, 0UL, start, final, head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        Assert.NotEqual(0UL, (await World.ReadAsync(registry, P.ProvenAt, start, final, head))[0].ToUInt64());
    }

    private async Task ClaimAllAsync(TestComputation source, int count = 10)
    {
        for (int i = 0; i < count && await NewProposer(Proposer, source).StepAsync(Cancellation) != ClaimMove.None; i++) { }
    }

    private static async Task<AbiValue[]> SubmissionAsync(ulong system, ulong batch, TestComputation source)
    {
        ClaimableBatch own = (await source.FindAsync(batch, Cancellation))!.Value;
        return [system, own.StartLeaf, own.Leaves.Span[^1], own.Head, AbiValue.Of(ReadOnlyMemory<byte>.Empty)];
    }

    private async Task SubmitAsync(ulong system, ulong batch, TestComputation source) =>
        await World.DoAsync(Stranger, At.ProofRegistry, P.Submit, 0, await SubmissionAsync(system, batch, source));

    private async Task<string> RevertSubmitAsync(ulong system, ulong batch, TestComputation source) =>
        await World.RevertAsync(Stranger, At.ProofRegistry, P.Submit, 0, P.Errors, await SubmissionAsync(system, batch, source));

    private Task<string> RevertAsync(AbiFunction function, params AbiValue[] arguments) => RevertAsync(function, 0, arguments);

    private Task<string> RevertAsync(AbiFunction function, UInt128 value, AbiValue[] arguments) => World.RevertAsync(Stranger, At.StateChain, function, value, C.Errors, arguments);
}

public sealed class ProofInProcessTests : ProofSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ProofOnAnvilTests(AnvilFixture fixture) : ProofSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
