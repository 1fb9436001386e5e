using Prozchain.Rollups.Bridge;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Tests.Settlement;
using B = Prozchain.Rollups.Evm.BridgeContract;
using H = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Tests.Bridge;

// The end.
public sealed partial class ProofConservationTests
{
    private async Task LeaveAsync()
    {
        ulong delay = (await _world.ReadAsync(At.EscapeHatch, H.Delay))[0].ToUInt64();
        await _world.AdvanceAsync(TimeSpan.FromSeconds(delay + 1));
        await _world.DoAsync(ProofRollup.User, At.EscapeHatch, H.Freeze, 0);
        ulong final = (await _world.ReadAsync(At.EscapeHatch, H.Frozen))[1].ToUInt64();
        Assert.True(final > 0);
        await ClaimAsync();
        await WithdrawAsync(final);
        var last = new UntilBatch(final - 1);
        DerivationNode<Payment, Sha256Tree> node = _rollup.NewDerivation();
        await Assert.ThrowsAsync<OperationCanceledException>(() => node.SyncAsync(last, Cancellation));
        StateStore<Sha256Tree> state = node.Deriver.State;
        Assert.Equal(state.Root(), (await _world.ReadAsync(At.EscapeHatch, H.StateRoot))[0].ToDigest());
        for (uint i = 0; i < CountOf(state) * Tokens; i++)
        {
            AccountAddress account = AccountAddress.FromNumber(i / Tokens);
            if (EscapeProof.TryMake(state, account, i % Tokens) is not { } proof || proof.Amount == 0) continue;
            Assert.True(TryRead(state, account, out PaymentAccount record));
            HashSigner key = _keys[record.KeyDigest];
            var signature = new byte[65];
            L1Address to = _world.AddressOf(ProofRollup.Other);
            key.Sign(proof.Message(AnvilNode.ChainId, At.EscapeHatch, to), signature);
            ChainCall leave = proof.Call(At.EscapeHatch, to, key.PublicKey.Span, signature);
            Assert.True((await _world.SendAsync(ProofRollup.User, leave)).IsOk);
            Assert.False((await _world.As(ProofRollup.User).CallAsync(leave, Cancellation)).IsOk);
        }
        await ReclaimAsync(last.Found!.Posting);
        for (uint token = 0; token < Tokens; token++) Assert.Equal((UInt128)0, (await _world.ReadAsync(At.Bridge, B.Escrow, (ulong)token))[0].ToUInt128());
    }

    // Deposits that the last final state has not got.
    private async Task ReclaimAsync(PostedBatch p)
    {
        Digest32 before = p.Number == 0 ? default : (await _world.ReadAsync(At.Inbox, InboxContract.BatchHeads, p.Number - 1))[0].ToDigest();
        await _world.DoAsync(
            ProofRollup.User, At.EscapeHatch, H.ShowBatch, 0,
            before, (ulong)p.Kind, InboxContract.CommitmentOf(p.Data, p.Posted.Items, p.Posted.Count, p.Time), p.ForcedTaken, p.ForcedHead, p.Block, p.BlockTime);
        foreach (ChainLog log in await _world.LogsAsync(At.Bridge))
        {
            if (B.Deposited.TryDecode(log.TopicList(), log.Data, out AbiValue e) != AbiReadResult.Ok || e[0].ToUInt64() < p.ForcedTaken) continue;
            await _world.DoAsync(ProofRollup.User, At.EscapeHatch, H.Reclaim, 0, e[0], e[2], e[3], e[4], e[5], e[1], log.Block, (await _world.BlockAsync(log.Block)).TimestampSeconds);
        }
    }
}
