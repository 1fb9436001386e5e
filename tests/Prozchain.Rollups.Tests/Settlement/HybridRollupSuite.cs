using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.StateChainContract;
using P = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A hybrid rollup of payments from the deposit to the withdrawal: what the policy names leaves it once it is proven, the rest after the period.</summary>
public abstract class HybridRollupSuite : SettlementSuite
{
    private const int Height = 16, Small = 0, Large = 1, Largest = 2, Word = 3;

    // In batch 1 after a deposit: what is small is in the first segment of 256, the rest beyond it.
    private const int Between = 257;

    private PaymentRollup _rollup = null!;
    private SealedProofs _proofs = null!;

    private static FinalityPolicy Policy { get; } = new(
        new FinalityRule(EffectKind.Withdrawal, 0, 1_000, FinalityRequirement.Prove),
        new FinalityRule(EffectKind.Withdrawal, 0, 20_000, FinalityRequirement.Both),
        new FinalityRule(EffectKind.Message, 0, 0, FinalityRequirement.Prove));

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Withdrawal_ThatIsLarge_IsPaidOnceItsSegmentIsProven()
    {
        await FillAsync();
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        Assert.Equal("NotFinal(1)", await RevertAsync(Small));
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await PayAsync(Small);
        foreach (int exit in (int[])[Large, Largest]) Assert.Equal($"MustBeProven(1, {exit})", await RevertAsync(exit));
        Assert.Equal($"MustBeProven(1, {Word})", await World.RevertAsync(PaymentRollup.Other, At.MessageRoot, MessageRootContract.Relay, 0, Errors, Message()));

        // A prover that starts anew at every step, beside one that goes on.
        SegmentProver other = NewProver();
        List<ClaimMove> moves = await RollupSuite.RunAsync(() => NewProver().StepAsync(Cancellation), () => other.StepAsync(Cancellation));
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered], moves);
        Assert.Equal(1, _proofs.Made);
        AbiValue proven = Assert.Single(await World.EventsAsync(At.StateChain, C.SegmentsProven));
        Assert.Equal((1UL, 1UL, 255UL), (proven[0].ToUInt64(), proven[2].ToUInt64(), proven[3].ToUInt64()));
        await PayAsync(Large);
        await PayAsync(Largest);
        // Nobody lives there; that it is asked shows that the proof is enough.
        Assert.StartsWith("NoTarget(", await World.RevertAsync(PaymentRollup.Other, At.MessageRoot, MessageRootContract.Relay, 0, Errors, Message()), StringComparison.Ordinal);
    }

    /// <summary>A batch that is proven as a whole is final soon, and what must be proven is; what must wait besides does.</summary>
    [Fact]
    public async Task Batch_ProvenAsAWhole_PaysWhatOnlyHasToBeProven()
    {
        await FillAsync();
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        AbiValue parent = default;
        for (ulong batch = 0; batch < 3; batch++)
        {
            ClaimableBatch own = (await _rollup.Node.FindAsync(batch, Cancellation))!.Value;
            var statement = new ProofStatement(own.StartLeaf, own.Leaves.Span[^1], own.Head);
            ReadOnlyMemory<byte> proof = await _proofs.ProveAsync(statement, null, Cancellation);
            await World.DoAsync(PaymentRollup.Other, At.ProofRegistry, P.Submit, 0, 0UL, statement.StartLeaf, statement.FinalLeaf, statement.Head, AbiValue.Of(proof));
            AbiValue claim = await ClaimAsync(batch);
            await World.DoAsync(PaymentRollup.Other, At.StateChain, C.Prove, 0, batch, claim, batch == 0 ? claim : parent);
            parent = claim;
        }
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await PayAsync(Small);
        await PayAsync(Large);
        ulong end = (await ClaimAsync(1))[5].ToUInt64() + PaymentRollup.Period;
        Assert.Equal($"NotYet({end})", await RevertAsync(Largest));
        Assert.Equal(ClaimMove.None, await NewProver().StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await PayAsync(Largest);
    }

    /// <summary>No dispute: whoever can prove where the batch leads ends what says otherwise.</summary>
    [Fact]
    public async Task Lie_AboutASegment_FallsByProofAlone()
    {
        await FillAsync();
        var liar = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, new LyingSource(_rollup.NewNode(), 1, 258));
        await RollupSuite.RunAsync(() => liar.StepAsync(Cancellation));
        List<ClaimMove> moves = await RollupSuite.RunAsync(() => NewProver().StepAsync(Cancellation));
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Refuted], moves);
        Assert.Equal(default, (await World.ReadAsync(At.StateChain, C.Claims, 1UL))[0].ToDigest());
        Assert.Empty(await World.EventsAsync(At.StateChain, C.Contested));
        // The true claim takes its place, and its segment is proven at once.
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, _rollup.Node);
        moves = await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation), () => NewProver().StepAsync(Cancellation));
        Assert.Contains(ClaimMove.Discarded, moves);
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Proven, ClaimMove.Covered], moves.Where(move => move >= ClaimMove.Submitted));
    }

    /// <summary>Where all leave with what was final, nothing waits for a proof that may never come.</summary>
    [Fact]
    public async Task Rollup_ThatHasEnded_AsksForNoProof()
    {
        await FillAsync();
        var proposer = new ClaimProposer(_rollup.Live(PaymentRollup.Proposer), At, _rollup.Node);
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(PaymentRollup.Period));
        await RollupSuite.RunAsync(() => proposer.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds((await World.ReadAsync(At.EscapeHatch, EscapeHatchContract.Delay))[0].ToUInt64() + 1));
        Assert.Equal($"MustBeProven(1, {Largest})", await RevertAsync(Largest));
        await World.DoAsync(PaymentRollup.Other, At.EscapeHatch, EscapeHatchContract.Freeze, 0);
        await PayAsync(Largest);
        Assert.StartsWith("NoTarget(", await World.RevertAsync(PaymentRollup.Other, At.MessageRoot, MessageRootContract.Relay, 0, Errors, Message()), StringComparison.Ordinal);
    }

    protected override async Task PrepareAsync()
    {
        _rollup = await PaymentRollup.StartAsync(World, hybrid: Policy);
        _proofs = new SealedProofs(_rollup.Node, Height);
    }

    // Batch 0 brings deposits, in 1 something leaves, 2 builds upon it.
    private async Task FillAsync()
    {
        for (int i = 0; i < 4; i++) await _rollup.DepositAsync(i, 1_000_000_000);
        await _rollup.PostAsync();
        await _rollup.DepositAsync(3, 77);
        var payments = new List<Payment> { _rollup.Withdraw(1, 400) };
        for (int i = 0; i < Between; i++) payments.Add(_rollup.Pay(i % 3, 3, 1));
        payments.AddRange([_rollup.Withdraw(2, 5_000), _rollup.Withdraw(1, 30_000), _rollup.Say(2, [4, 5]), _rollup.Pay(0, 3, 2)]);
        await _rollup.PostAsync([.. payments]);
        await _rollup.PostAsync(_rollup.Pay(2, 1, 3));
        Assert.Null((await _rollup.SyncAsync()).WaitsFor);
        Assert.Equal(4, _rollup.Batches[1].Effects.Count);
        // The node knows at which steps, and what stands between the segments.
        ClaimableBatch own = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        Assert.Equal([1, 259, 260, 261], own.Operations.ToArray().Select(operation => (int)operation.Step));
        Assert.Equal(own.Leaves.Span[255], Assert.Single(own.Machines.ToArray()).Leaf());
        Assert.Equal(1UL, own.Machines.Span[0].Exits);
    }

    private SegmentProver NewProver() => new(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node, _proofs, 0, Policy);

    private async Task<AbiValue> ClaimAsync(ulong batch)
    {
        AbiValue e = (await World.EventsAsync(At.StateChain, C.Claimed)).Last(claimed => claimed[0].ToUInt64() == batch);
        return C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), C.LeafOf(e[5].ToDigest(), e[6].ToDigest()), e[1].ToAddress(), e[7].ToUInt64());
    }

    private async Task PayAsync(int exit)
    {
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(PaymentRollup.User));
        await World.DoAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, _rollup.WithdrawalOf(1, exit));
        Assert.Equal(before + _rollup.Batches[1].Effects[exit].Amount, await World.BalanceOfAsync(World.AddressOf(PaymentRollup.User)));
    }

    private AbiValue[] Message()
    {
        EffectLog effects = _rollup.Batches[1].Effects;
        Effect said = effects[Word];
        return [1UL, (ulong)Word, (ulong)said.Sender.Scheme, said.Sender.Digest, said.Recipient, AbiValue.Of(effects.Payload(Word).ToArray()), AbiValue.List([.. effects.Prove(Word).Select(sibling => (AbiValue)sibling)])];
    }

    private static AbiFunction[] Errors => [.. BridgeContract.Errors, .. MessageRootContract.Errors.Where(error => BridgeContract.Errors.All(other => other.Name != error.Name)), .. FinalityPolicyContract.Errors];

    private Task<string> RevertAsync(int exit) => World.RevertAsync(PaymentRollup.Other, At.Bridge, BridgeContract.Withdraw, 0, Errors, _rollup.WithdrawalOf(1, exit));
}

public sealed class HybridRollupInProcessTests : HybridRollupSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class HybridRollupOnAnvilTests(AnvilFixture fixture) : HybridRollupSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
