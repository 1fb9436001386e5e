using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Settlement;
using Prozchain.Shared;
using B = Prozchain.Rollups.Evm.BridgeContract;
using C = Prozchain.Rollups.Evm.ProvenChainContract;
using H = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A payments rollup in validity mode as it is used: sequencer, follower, prover, watchtower, the way back and the way out.</summary>
public abstract class ProvenPaymentsSuite : SettlementSuite
{
    private static readonly L1Address s_recipient = new([.. Enumerable.Repeat((byte)0x55, 20)]);

    private PaymentRollup _rollup = null!;

    private RollupAddresses At => _rollup.At;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Withdrawal_IsPaidOnceItsBatchIsProvenAndOld_AndAllElseByTheHatch()
    {
        for (int i = 0; i < 3; i++) await _rollup.DepositAsync(i, 1_000);
        await _rollup.PostAsync();
        await _rollup.PostAsync(_rollup.Pay(0, 1, 10), _rollup.Withdraw(1, 40, s_recipient));
        await _rollup.SyncAsync();
        ProofProposer prover = NewProver();
        Assert.Equal([ClaimMove.Proven, ClaimMove.Proven], await RollupSuite.RunAsync(() => prover.StepAsync(Cancellation)));
        AbiValue[] withdrawal = _rollup.WithdrawalOf(1, 0);
        Assert.Equal("NotFinal(1)", await World.RevertAsync(PaymentRollup.User, At.Bridge, B.Withdraw, 0, B.Errors, withdrawal));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal([ClaimMove.Finalized], await RollupSuite.RunAsync(() => prover.StepAsync(Cancellation)));
        await World.DoAsync(PaymentRollup.User, At.Bridge, B.Withdraw, 0, withdrawal);
        await World.AdvanceAsync(TimeSpan.FromDays(8));
        foreach (AbiValue e in await World.EventsAsync(At.Bridge, B.Delayed)) await World.DoAsync(PaymentRollup.User, At.Bridge, B.Release, 0, e[0], e[1], e[3], e[4], e[2]);
        Assert.Equal((UInt128)40, await World.BalanceOfAsync(s_recipient));
        Assert.DoesNotContain(await LookAsync(), alarm => alarm.Kind != AlarmKind.ExitNear);

        // The prover makes one more proof, which nobody makes final, and is gone; a deposit comes too late for any batch.
        await _rollup.PostAsync(_rollup.Pay(1, 4, 5));
        await _rollup.SyncAsync();
        Assert.Equal(ClaimMove.Proven, await prover.StepAsync(Cancellation));
        await _rollup.DepositAsync(5, 70);
        var user = new RollupUser(_rollup.Live(PaymentRollup.User), At);
        Assert.False(await user.FreezeAsync(Cancellation));
        ulong delay = (await World.ReadAsync(At.EscapeHatch, H.Delay))[0].ToUInt64();
        await World.AdvanceAsync(TimeSpan.FromSeconds(delay + 1));
        Assert.False(await user.FreezeAsync(Cancellation));
        Assert.Equal(3UL, (await user.StandingAsync(Cancellation)).Final);
        Assert.Equal(default, await user.FinalRootAsync(2, Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(delay + 1));
        Assert.True(await user.FreezeAsync(Cancellation));

        StateStore<KeccakTree> state = (await _rollup.PlainAsync()).State;
        Assert.Equal(state.Root(), await user.FinalRootAsync(2, Cancellation));
        for (int i = 0; i < 6; i++)
        {
            if (EscapeProof.TryMake(state, _rollup.AddressOf(i), 0) is not { } proof) continue;
            var signature = new byte[P256Signature.SignatureSize];
            _rollup.Person(i).Sign(proof.Message(AnvilNode.ChainId, At.EscapeHatch, s_recipient), signature);
            Assert.True((await World.SendAsync(PaymentRollup.User, proof.Call(At.EscapeHatch, s_recipient, _rollup.Person(i).PublicKey.Span, signature))).IsOk);
        }
        Assert.Equal((UInt128)3_000, await World.BalanceOfAsync(s_recipient));
        PostedBatch p = _rollup.Batches[2].Posting;
        await World.DoAsync(
            PaymentRollup.User, At.EscapeHatch, H.ShowBatch, 0, _rollup.Batches[1].Posting.Head, (ulong)p.Kind, InboxContract.CommitmentOf(p.Data, p.Posted.Items, p.Posted.Count, p.Time), p.ForcedTaken, p.ForcedHead, p.Block, p.BlockTime);
        AbiValue late = (await World.EventsAsync(At.Bridge, B.Deposited))[^1];
        ChainBlock block = await World.BlockAsync((await World.LogsAsync(At.Bridge)).Last(log => B.Deposited.TryDecode(log.TopicList(), log.Data, out _) == AbiReadResult.Ok).Block);
        await World.DoAsync(PaymentRollup.User, At.EscapeHatch, H.Reclaim, 0, late[0], late[2], late[3], late[4], late[5], late[1], block.Number, block.TimestampSeconds);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(At.Bridge));
    }

    /// <summary>A proof goes with the next batch in one transaction, which followers read as they read any; where it cannot, the batch goes alone.</summary>
    [Fact]
    public async Task Proof_GoesAlongWithTheNextBatch()
    {
        var prover = new ProofProposer(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node, [(0, new PaymentProofs(_rollup))]) { Patience = 600 };
        _rollup.Posting = prover.Along;
        await _rollup.RestartAsync();
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
        await _rollup.SyncAsync();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(ClaimMove.None, await prover.StepAsync(Cancellation));
            await _rollup.PostAsync(_rollup.Pay(0, 1, 1));
            Assert.Equal((ulong)i + 1, (await World.ReadAsync(At.StateChain, C.ProvenCount))[0].ToUInt64());
            // The same proof a second time would do nothing, and does not keep a batch from being posted.
            await _rollup.PostAsync(_rollup.Pay(0, 1, 1));
            await _rollup.SyncAsync();
        }
        Assert.Null((await _rollup.SyncAsync()).WaitsFor);
        Assert.Equal(7, _rollup.Batches.Count);
        Assert.All(_rollup.Batches.Values.Where(batch => batch.Posting.Number > 0), batch => Assert.Equal(BatchVerdict.Executed, batch.Verdict));
        // Nobody posts: it goes alone.
        Assert.Equal(ClaimMove.None, await prover.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal(ClaimMove.Proven, await prover.StepAsync(Cancellation));
        Assert.Equal(3UL, (await World.ReadAsync(At.StateChain, C.FinalCount))[0].ToUInt64());
    }

    /// <summary>A broken system proves a lie: the watchtower says so at once, two proofs end it before anything is final.</summary>
    [Fact]
    public async Task ProofOfALie_HasItsAlarm_AndIsHalted()
    {
        await _rollup.DepositAsync(0, 1_000);
        await _rollup.PostAsync();
        await _rollup.SyncAsync();
        Digest32 lie = Tests.World.Root(3);
        await World.DoAsync(PaymentRollup.Other, At.StateChain, C.Prove, 0, AbiValue.List(), default(Digest32), lie, default(Digest32), AbiValue.List(0UL), AbiValue.List(AbiValue.Of(ReadOnlyMemory<byte>.Empty)));
        ulong when = (await World.BlockAsync()).TimestampSeconds;
        Assert.Equal([new Alarm(AlarmKind.WrongClaim, 0, AlarmAction.ContestClaim, when + 600)], await LookAsync());
        Assert.Equal(ClaimMove.None, await NewProver().StepAsync(Cancellation));
        ClaimableBatch own = (await _rollup.Node.FindAsync(0, Cancellation))!.Value;
        foreach (Digest32 leaf in (Digest32[])[StateChainContract.LeafOf(lie, default), StateChainContract.LeafOf(own.StateRoot, own.ExitRoot)])
            await World.DoAsync(PaymentRollup.Honest, At.ProofRegistry, ProofRegistryContract.Submit, 0, 0UL, own.StartLeaf, leaf, own.Head, AbiValue.Of(ReadOnlyMemory<byte>.Empty));
        await World.AdvanceAsync(TimeSpan.FromSeconds(601));
        Assert.Equal("Halted()", await World.RevertAsync(PaymentRollup.Other, At.StateChain, C.FinalizeBatches, 0, C.Errors, AbiValue.List(AbiValue.List(StateChainContract.LeafOf(lie, default), when)), default(Digest32)));
    }

    protected override async Task PrepareAsync() => _rollup = await PaymentRollup.StartAsync(World, mode: FinalityMode.Validity);

    private ProofProposer NewProver() => new(_rollup.Live(PaymentRollup.Honest), At, _rollup.Node, [(0, new PaymentProofs(_rollup))]);

    private async Task<IReadOnlyList<Alarm>> LookAsync()
    {
        await _rollup.SyncAsync();
        var contracts = new WatchedContracts
        {
            Inbox = At.Inbox, Bridge = At.Bridge, Finality = At.StateChain, Hatch = At.EscapeHatch, Guardian = At.Guardian, Challenges = At.DataChallenge,
            FirstBlock = _rollup.Rules.FirstBlock, ChallengePeriod = 600,
        };
        return await new Watchtower(World.As(0), _rollup.Node, contracts, new CircuitBreaker(3_600, 7_200)).LookAsync(Cancellation);
    }
}

public sealed class ProvenPaymentsInProcessTests : ProvenPaymentsSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class ProvenPaymentsOnAnvilTests(AnvilFixture fixture) : ProvenPaymentsSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
