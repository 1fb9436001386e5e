using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.StateChainContract;
using H = Prozchain.Rollups.Evm.EscapeHatchContract;
using R = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A rollup whose hash and signatures are its host's, from the first deposit until the last has left it.</summary>
public abstract class ProofRollupSuite : SettlementSuite
{
    private ProofRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Nobody waits for a week: what is proven is final after the delay, and its withdrawals are paid, once.</summary>
    [Fact]
    public async Task Withdrawals_AreFinalByProof_AndPaidOnce()
    {
        await FillAsync();
        await ProveAllAsync();
        UInt128 before = await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other));
        await PayAsync();
        Assert.Equal(before + 40, await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other)));
        Assert.True((await World.EventsAsync(At.StateChain, C.Proven)).Count == 2);
    }

    /// <summary>A lie falls by one proof: there is nobody to dispute it with, and what builds upon it goes too.</summary>
    [Fact]
    public async Task Lie_IsRefutedInOneRound()
    {
        await FillAsync();
        var lie = new LyingSource(_rollup.Node, 1, 2);
        await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, lie).StepAsync(Cancellation));
        Assert.Equal((default, default), (At.Tournament, At.StepJudge));
        Assert.True((await _rollup.Node.WitnessAsync(1, 1, Cancellation)).IsEmpty);
        AbiValue claim = await ClaimAsync(1), parent = await ClaimAsync(0);
        ClaimableBatch truth = (await _rollup.Node.FindAsync(1, Cancellation))!.Value;
        ClaimTree tree = ClaimProposer.TreeOf(truth, _rollup.Plan.Height);
        AbiValue[] contest = [1UL, claim, parent, tree.Node(tree.Height - 1, 0), tree.Node(tree.Height - 1, 1), truth.StateRoot, truth.ExitRoot, DisputeMoves.Opening(tree, (1UL << tree.Height) - 1)];
        await World.RevertAsync(ProofRollup.Honest, At.StateChain, C.Contest, ProofRollup.Bond, C.Errors, contest);

        // Whoever starts anew after each step does no less.
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Refuted], await RunAsync(() => NewRefuter().StepAsync(Cancellation)));
        Assert.Equal(default, (await World.ReadAsync(At.StateChain, C.Claims, 1UL))[0].ToDigest());
        Assert.NotEqual(default, (await World.ReadAsync(At.StateChain, C.Claims, 0UL))[0].ToDigest());
        Assert.Equal(ProofRollup.Bond / 2, (await World.EventsAsync(At.BondVault, BondVaultContract.Credited)).Single()[2].ToUInt128());
        await World.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Equal([ClaimMove.Withdrawn], await RunAsync(() => NewRefuter().StepAsync(Cancellation)));

        await ProveAllAsync();
        Assert.Equal(truth.StateRoot, (await World.ReadAsync(At.StateChain, C.StateRoot, 1UL))[0].ToDigest());
        await PayAsync();
    }

    /// <summary>What the policy names waits for its segment's proof, which is made without the state; the rest for the period alone.</summary>
    [Fact]
    public async Task Withdrawal_ThatIsLarge_IsPaidOnceItsSegmentIsProven()
    {
        await FillAsync();
        var proposer = new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node);
        await RunAsync(() => proposer.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(ProofRollup.Period));
        await RunAsync(() => proposer.StepAsync(Cancellation));
        await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 1));
        Assert.Equal("MustBeProven(1, 0)", await World.RevertAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, [.. B.Errors, .. FinalityPolicyContract.Errors], _rollup.WithdrawalOf(1, 0)));
        var prover = new SegmentProver(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs, 0, ProofRollup.Policy);
        // The batch is one segment: with it the whole is proven.
        Assert.Equal([ClaimMove.Submitted, ClaimMove.Proven], await RunAsync(() => prover.StepAsync(Cancellation)));
        await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, _rollup.WithdrawalOf(1, 0));
    }

    /// <summary>When nothing becomes final any more, every balance leaves by the keys that the accounts have now, and every deposit goes back.</summary>
    [Fact]
    public async Task Standstill_EverybodyLeavesWithEverything()
    {
        await FillAsync();
        await ProveAllAsync();
        await PayAsync();
        // What nobody proves, and nobody claims: a payment and a deposit, and one that no batch took.
        await _rollup.DepositAsync(1, 5_000, ProofRollup.Honest);
        await _rollup.PostAsync(_rollup.Pay(2, 1, 100));
        await _rollup.DepositAsync(2, 6_000, ProofRollup.Honest);
        await World.AdvanceAsync(TimeSpan.FromSeconds(_rollup.Plan.Exit.Seconds + 1));
        Assert.True(await new RollupUser(_rollup.Live(ProofRollup.User), At).FreezeAsync(Cancellation));

        var until = new UntilBatch(1);
        DerivationNode<Payment, Sha256Tree> node = _rollup.NewDerivation();
        await Assert.ThrowsAsync<OperationCanceledException>(() => node.SyncAsync(until, Cancellation));
        StateStore<Sha256Tree> state = node.Deriver.State;
        Assert.Equal(state.Root(), (await World.ReadAsync(At.EscapeHatch, H.StateRoot))[0].ToDigest());
        UInt128 left = 0, before = await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other));
        for (int person = 0; person < ProofRollup.People; person++)
        {
            EscapeProof proof = EscapeProof.TryMake(state, ProofRollup.AddressOf(person), 0)!;
            left += proof.Amount;
            if (person == 1) Assert.Equal("WrongKey()", await RevertAsync(Leave(proof, new NumberedKeySigner(1))));
            ChainCall call = Leave(proof, (NumberedKeySigner)_rollup.Keys[person]);
            Assert.True((await World.SendAsync(ProofRollup.User, call)).IsOk);
            Assert.Equal("AlreadyLeft()", await RevertAsync(call));
        }
        Assert.Equal((UInt128)(3_000 - 40), left);
        Assert.Equal(before + left, await World.BalanceOfAsync(World.AddressOf(ProofRollup.Other)));

        UInt128 owned = await World.BalanceOfAsync(At.Bridge);
        Assert.Equal((UInt128)11_000, owned);
        await ReclaimAsync(until.Found!.Posting);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(At.Bridge));
    }

    /// <summary>No rollup is created whose contracts hash or check otherwise than its state does: nobody could leave it.</summary>
    [Fact]
    public async Task Deployment_WithContractsThatAreNotTheProfiles_IsRefused()
    {
        RollupPlan plan = _rollup.Plan;
        L1Address inbox = At.Inbox, hasher = plan.Profile.Hasher;
        foreach (RollupProfile wrong in new[]
        {
            RollupProfile.Proof<KeccakTree>(hasher, plan.Profile.Authorizer), RollupProfile.Proof<Sha256Tree>(inbox, plan.Profile.Authorizer), RollupProfile.Proof<Sha256Tree>(hasher, inbox),
        })
        {
            ulong sent = await World.NonceAsync(ProofRollup.Sequencer);
            await Assert.ThrowsAsync<InvalidOperationException>(() => RollupDeployment.DeployAsync(
                _rollup.Live(ProofRollup.Sequencer), plan with { Profile = wrong }, static (name, arguments) => ContractTwins.Creation(name, arguments), Cancellation).AsTask());
            Assert.Equal(sent, await World.NonceAsync(ProofRollup.Sequencer));
        }
    }

    protected override async Task PrepareAsync() => _rollup = await ProofRollup.StartAsync(World, await HostAsync(), ProofRollupSetup.Few);

    /// <summary>What hashes, what checks signatures, and what checks proofs there.</summary>
    protected abstract Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync();

    // Batch 0 brings deposits; in 1 everybody pays, two leave with part of it, and one gets another key and signs with that.
    private async Task FillAsync()
    {
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000);
        await _rollup.PostAsync();
        var next = new NumberedKeySigner(70);
        Payment rotate = _rollup.Sign(1, new Payment { Kind = PaymentKind.RotateKey, Payload = next.PublicKey });
        Payment[] payments = [_rollup.Pay(0, 1, 10), _rollup.Withdraw(0, 30), rotate];
        _rollup.Keys[1] = next;
        await _rollup.PostAsync([.. payments, _rollup.Withdraw(1, 10), _rollup.Pay(2, 0, 20)]);
        Assert.All(_rollup.Batches[^1].Statuses.ToArray(), status => Assert.Equal(TransitionStatus.Applied, status));
        Assert.Equal(5, _rollup.Batches[^1].Statuses.Length);
    }

    private Refuter NewRefuter() => new(_rollup.Live(ProofRollup.Honest), At, _rollup.Node, _rollup.Proofs);

    private async Task ProveAllAsync()
    {
        await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node).StepAsync(Cancellation));
        for (ulong batch = 0; await _rollup.Node.FindAsync(batch, Cancellation) is { } own; batch++)
        {
            var statement = new ProofStatement(own.StartLeaf, C.LeafOf(own.StateRoot, own.ExitRoot), own.Head);
            ReadOnlyMemory<byte> proof = await _rollup.Proofs.ProveAsync(statement, null, Cancellation);
            // One that refuted a lie is there already.
            if ((await World.ReadAsync(At.ProofRegistry, R.ProvenAt, statement.StartLeaf, statement.FinalLeaf, statement.BatchHead))[0].ToUInt64() == 0)
                await World.DoAsync(ProofRollup.Honest, At.ProofRegistry, R.Submit, 0, 0UL, statement.StartLeaf, statement.FinalLeaf, statement.BatchHead, AbiValue.Of(proof));
            await World.DoAsync(ProofRollup.Honest, At.StateChain, C.Prove, 0, batch, await ClaimAsync(batch), batch == 0 ? await ClaimAsync(0) : await ClaimAsync(batch - 1));
        }
        await World.AdvanceAsync(TimeSpan.FromSeconds(_rollup.Plan.Finality.ValidityDelay + 1));
        Assert.Contains(ClaimMove.Finalized, await RunAsync(() => new ClaimProposer(_rollup.Live(ProofRollup.Proposer), At, _rollup.Node).StepAsync(Cancellation)));
    }

    private async Task PayAsync()
    {
        for (int i = 0; i < 2; i++)
        {
            AbiValue[] withdrawal = _rollup.WithdrawalOf(1, i);
            await World.DoAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, withdrawal);
            Assert.Equal($"AlreadyTaken(1, {i})", await World.RevertAsync(ProofRollup.User, At.Bridge, B.Withdraw, 0, B.Errors, withdrawal));
        }
    }

    private ChainCall Leave(EscapeProof proof, NumberedKeySigner signer)
    {
        L1Address to = World.AddressOf(ProofRollup.Other);
        var signature = new byte[signer.Plain.SignatureSize];
        signer.Plain.Sign(proof.Message(AnvilNode.ChainId, At.EscapeHatch, to), signature);
        return proof.Call(At.EscapeHatch, to, signer.PublicKey.Span, signature);
    }

    private async Task<string> RevertAsync(ChainCall call)
    {
        ChainAnswer answer = await World.As(ProofRollup.User).CallAsync(call, Cancellation);
        Assert.False(answer.IsOk);
        return RevertReason.Describe(answer.Output, H.Errors);
    }

    private async Task ReclaimAsync(PostedBatch p)
    {
        Digest32 before = (await World.ReadAsync(At.Inbox, InboxContract.BatchHeads, p.Number - 1))[0].ToDigest();
        await World.DoAsync(
            ProofRollup.User, At.EscapeHatch, H.ShowBatch, 0,
            before, (ulong)p.Kind, InboxContract.CommitmentOf(p.Data, p.Posted.Items, p.Posted.Count, p.Time), p.ForcedTaken, p.ForcedHead, p.Block, p.BlockTime);
        foreach (ChainLog log in await World.LogsAsync(At.Bridge))
        {
            if (B.Deposited.TryDecode(log.TopicList(), log.Data, out AbiValue e) != AbiReadResult.Ok) continue;
            AbiValue[] reclaim = [e[0], e[2], e[3], e[4], e[5], e[1], log.Block, (await World.BlockAsync(log.Block)).TimestampSeconds];
            bool isLate = e[0].ToUInt64() >= p.ForcedTaken;
            if (isLate) await World.DoAsync(ProofRollup.User, At.EscapeHatch, H.Reclaim, 0, reclaim);
            Assert.Equal(isLate ? "AlreadyLeft()" : "WrongDeposit()", await World.RevertAsync(ProofRollup.User, At.EscapeHatch, H.Reclaim, 0, H.Errors, reclaim));
        }
    }

    private async Task<AbiValue> ClaimAsync(ulong batch)
    {
        AbiValue e = (await World.EventsAsync(At.StateChain, C.Claimed)).Last(claimed => claimed[0].ToUInt64() == batch);
        return C.ClaimOf(e[2].ToDigest(), e[3].ToDigest(), e[4].ToDigest(), C.LeafOf(e[5].ToDigest(), e[6].ToDigest()), e[1].ToAddress(), e[7].ToUInt64());
    }

    private static Task<List<ClaimMove>> RunAsync(Func<ValueTask<ClaimMove>> party) => RollupSuite.RunAsync(party);
}

public sealed class ProofRollupInProcessTests : ProofRollupSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());

    protected override Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync() => Task.FromResult(ProofRollup.HostOn((InProcessWorld)World, new HashKeyVerifier()));
}

[Collection(AnvilCollection.Name)]
public sealed class ProofRollupOnAnvilTests(AnvilFixture fixture) : ProofRollupSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);

    protected override async Task<(L1Address Hasher, L1Address Authorizer, L1Address Verifier)> HostAsync() =>
        (await World.DeployAsync("TestHash"), await World.DeployAsync("TestHashKeys"), await World.DeployAsync("TestWord", World.AddressOf(ProofRollup.Witness)));
}
