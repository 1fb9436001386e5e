using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>The end of claims in a <see cref="StateChainTwin"/>: final, and their bonds back.</summary>
internal sealed class StateChainEnd(StateChainTwin.Settings settings)
{
    /// <summary>True while the registry of proofs has halted; never without one.</summary>
    public bool IsHalted(TwinCall<StateChainTwin.Storage> call) => !settings.Proofs.IsZero && call.Call(settings.Proofs, ProofRegistryContract.Halted, 0)[0].ToBool();

    public void FinalizeBatches(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        AbiValue list = a[0];
        ulong first = call.State.FinalCount, batch = first;
        call.Require(list.Items.Length > 0, "NothingToDo");
        call.Require(!IsHalted(call), "Halted");
        bool isRefunding = a[3].ToBool() && call.State.RefundedCount == first;
        L1Address account = list[0][4].ToAddress();
        UInt128 owed = 0;
        foreach (AbiValue claim in list.Items)
        {
            StateChainTwin.Know(call, batch, claim);
            call.Require((batch == 0 ? default : call.State.Claim(batch - 1)) == claim[0].ToDigest(), "UnknownClaim", batch - 1);
            ulong dispute = call.State.Dispute(batch);
            if (!IsProven(call, batch, settings.ProofDelay))
            {
                call.Require(dispute is 0 or C.Decided, "InDispute", batch);
                ulong from = checked(claim[5].ToUInt64() + settings.Period);
                call.Require(call.Now >= from, "NotYet", from);
            }
            if (claim[4].ToAddress() != account)
            {
                Credit(call, account, owed);
                (account, owed) = (claim[4].ToAddress(), 0);
            }
            if (isRefunding && dispute == 0) owed += settings.Bond;
            batch++;
        }
        call.State = call.State with { FinalCount = batch, FinalAt = call.Now, RefundedCount = isRefunding ? batch : call.State.RefundedCount };
        Keep(call, batch - 1, list.Items[^1], a[1], a[2]);
        call.Emit(C.Finalized, batch - 1, a[1], a[2]);
        Credit(call, account, owed);
        if (isRefunding) call.Emit(C.BondsReturned, first, batch);
    }

    public static void Publish(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        ulong batch = a[0].ToUInt64();
        StateChainTwin.Know(call, batch, a[1]);
        call.Require(batch < call.State.FinalCount, "NotFinal", batch);
        Keep(call, batch, a[1], a[2], a[3]);
        call.Emit(C.Published, batch, a[2], a[3]);
    }

    public void Refund(TwinCall<StateChainTwin.Storage> call, AbiValue a)
    {
        AbiValue list = a[0];
        ulong first = call.State.RefundedCount, batch = first, final = call.State.FinalCount;
        call.Require(list.Items.Length > 0, "NothingToDo");
        call.Require((ulong)list.Items.Length <= final - first, "NotFinal", final);
        call.State = call.State with { RefundedCount = first + (ulong)list.Items.Length };
        L1Address account = list[0][4].ToAddress();
        UInt128 owed = 0;
        foreach (AbiValue claim in list.Items)
        {
            StateChainTwin.Know(call, batch, claim);
            if (claim[4].ToAddress() != account)
            {
                Credit(call, account, owed);
                (account, owed) = (claim[4].ToAddress(), 0);
            }
            if (call.State.Dispute(batch) == 0) owed += settings.Bond;
            batch++;
        }
        Credit(call, account, owed);
        call.Emit(C.BondsReturned, first, batch);
    }

    /// <summary>None, Proposed, Challenged, Proven, Final, Refunded.</summary>
    public ulong Status(TwinCall<StateChainTwin.Storage> call, ulong batch)
    {
        StateChainTwin.Storage state = call.State;
        if (batch < state.RefundedCount) return 5;
        if (batch < state.FinalCount) return 4;
        if (state.Claim(batch) == default) return 0;
        if (IsProven(call, batch, null)) return 3;
        return state.Dispute(batch) == 0 ? 1UL : 2UL;
    }

    private static void Keep(TwinCall<StateChainTwin.Storage> call, ulong batch, AbiValue claim, AbiValue state, AbiValue exit)
    {
        call.Require(C.LeafOf(state.ToDigest(), exit.ToDigest()) == claim[3].ToDigest(), "WrongRoots");
        call.State = call.State with { Roots = call.State.Roots.SetItem(batch, (state.ToDigest(), exit.ToDigest())) };
    }

    private void Credit(TwinCall<StateChainTwin.Storage> call, L1Address account, UInt128 owed)
    {
        if (owed != 0) call.Call(settings.Vault, BondVaultContract.Credit, owed, account);
    }

    // What was proven before the registry was mended counts no more.
    private bool IsProven(TwinCall<StateChainTwin.Storage> call, ulong batch, ulong? delay)
    {
        if (settings.Proofs.IsZero) return false;
        ulong when = call.State.Proven(batch).At;
        return when > call.Call(settings.Proofs, ProofRegistryContract.TrustedFrom, 0)[0].ToUInt64() && (delay is null || call.Now >= when + delay);
    }
}
