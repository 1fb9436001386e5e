using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.ProvenChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/ProvenChain.sol in process.</summary>
internal sealed class ProvenChainTwin : InboxTwin
{
    private readonly L1Address _proofs;
    private readonly ulong _proofDelay;
    private readonly Digest32 _genesisLeaf;

    private ProvenChainTwin(AbiValue a) : base(a)
    {
        (_proofs, _proofDelay, _genesisLeaf) = (a[3].ToAddress(), a[4].ToUInt64(), StateChainContract.LeafOf(a[5].ToDigest(), default));
        On(C.Multicall, Multicall);
        On(C.Prove, Prove);
        On(C.FinalizeBatches, FinalizeBatches);
        On(C.Publish, Publish);
        On(C.Restart, Restart);
        On(C.IsFinal, (call, a) => [a[0].ToUInt64() < Of(call).Final]);
        On(C.StateRoot, (call, a) => [Of(call).StateRoots.GetValueOrDefault(a[0].ToUInt64())]);
        On(C.ExitRoot, (call, a) => [a[0].ToUInt64() < Of(call).Final ? Of(call).ExitRoots.GetValueOrDefault(a[0].ToUInt64()) : default]);
        On(C.LastFinal, (call, _) => [Math.Max(Of(call).Final, 1) - 1, Of(call).FinalAt, Of(call).Final != 0]);
        On(C.LastFinalAt, (call, _) => [Of(call).FinalAt]);
        On(C.ProvenCount, (call, _) => [Of(call).Proven]);
        On(C.FinalCount, (call, _) => [Of(call).Final]);
        On(C.Tip, (call, _) => [Of(call).Tip]);
        On(C.GenesisLeaf, (_, _) => [_genesisLeaf]);
        On(C.ProofDelay, (_, _) => [_proofDelay]);
        On(C.Proofs, (_, _) => [_proofs]);
    }

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static new ProvenChainTwin? Create(AbiValue arguments) =>
        IsSound(arguments) && arguments[4].ToUInt64() >= FinalityParameters.LeastValidityDelay ? new ProvenChainTwin(arguments) : null;

    public override object GenesisAt(ChainBlock block) => new Records { FinalAt = block.TimestampSeconds };

    private static Records Of(TwinCall<Storage> call) => (Records)call.State;

    // Only the records that were made lead from any word to the newest one.
    private static Digest32 Know(TwinCall<Storage> call, AbiValue recent, AbiValue below)
    {
        ulong count = Of(call).Proven;
        call.Require((ulong)recent.Items.Length <= count, "UnknownRecords");
        Digest32 record = below.ToDigest();
        for (int i = recent.Items.Length - 1; i >= 0; i--) record = C.RecordOf(count - (ulong)i, recent[i][0].ToDigest(), recent[i][1].ToUInt64(), record);
        call.Require(record == Of(call).Tip, "UnknownRecords");
        return record;
    }

    private void Multicall(TwinCall<Storage> call, AbiValue a)
    {
        foreach (AbiValue one in a[0].Items)
        {
            ChainAnswer answer = Run(call.Frame, one.Bytes.Span);
            if (!answer.IsOk) throw new ContractRevert(answer.Output.ToArray());
        }
    }

    private void Prove(TwinCall<Storage> call, AbiValue a)
    {
        AbiValue recent = a[0];
        Digest32 before = Know(call, recent, a[1]);
        Records state = Of(call);
        ulong batch = state.Proven;
        call.Require(batch < (ulong)state.BatchHeads.Count, "NoBatch", batch);
        call.Require(recent.Items.Length != 0 || batch == 0, "UnknownRecords");
        Digest32 leaf = StateChainContract.LeafOf(a[2].ToDigest(), a[3].ToDigest()), start = batch == 0 ? _genesisLeaf : recent[0][0].ToDigest();
        AbiValue answer = call.Call(_proofs, ProofRegistryContract.Check, 0, start, leaf, state.BatchHeads[(int)batch], a[4], a[5]);
        // In the second of a resume nothing counts yet.
        call.Require(answer[0].ToBool() && call.Now > answer[1].ToUInt64(), "NotProven", batch);
        state = Settle(call, recent, answer[1].ToUInt64()) ?? state;
        // What a halt overtook before it was final is no ground to build on.
        call.Require(state.Final == batch || recent[0][1].ToUInt64() > answer[1].ToUInt64(), "Stale", batch - 1);
        call.State = state with
        {
            Proven = batch + 1,
            Tip = C.RecordOf(batch + 1, leaf, call.Now, before),
            ExitRoots = a[3].ToDigest() == default ? state.ExitRoots : state.ExitRoots.SetItem(batch, a[3].ToDigest()),
        };
        call.Emit(C.Proven, batch, a[2], a[3], call.Now);
    }

    private void FinalizeBatches(TwinCall<Storage> call, AbiValue a)
    {
        Know(call, a[0], a[1]);
        call.Require(!call.Call(_proofs, ProofRegistryContract.Halted, 0)[0].ToBool(), "Halted");
        Records? state = Settle(call, a[0], TrustedFrom(call));
        call.Require(state is not null, "NothingToDo");
        call.State = state!;
        call.Emit(C.Finalized, state!.Final);
    }

    private void Publish(TwinCall<Storage> call, AbiValue a)
    {
        Know(call, a[0], a[1]);
        Records state = Of(call);
        ulong batch = state.Proven - (ulong)a[0].Items.Length;
        call.Require(a[0].Items.Length != 0 && batch < state.Final, "NotFinal", batch);
        call.Require(StateChainContract.LeafOf(a[2].ToDigest(), a[3].ToDigest()) == a[0].Items[^1][0].ToDigest(), "WrongRoots");
        call.State = state with { StateRoots = state.StateRoots.SetItem(batch, a[2].ToDigest()) };
        call.Emit(C.Published, batch, a[2], a[3]);
    }

    private void Restart(TwinCall<Storage> call, AbiValue a)
    {
        Know(call, a[0], a[1]);
        call.Require(a[0].Items.Length != 0, "NothingToDo");
        Records state = Of(call);
        ulong from = state.Proven - (ulong)a[0].Items.Length;
        call.Require(from >= state.Final && a[0][0][1].ToUInt64() <= TrustedFrom(call), "NotStale", state.Proven - 1);
        call.Emit(C.Dropped, from, state.Proven);
        call.State = state with { Proven = from, Tip = a[1].ToDigest(), ExitRoots = state.ExitRoots.RemoveRange(state.ExitRoots.Keys.Where(batch => batch >= from)) };
    }

    private ulong TrustedFrom(TwinCall<Storage> call) => call.Call(_proofs, ProofRegistryContract.TrustedFrom, 0)[0].ToUInt64();

    // The newest that is old enough makes all below it final; none that the registry trusts no more.
    private Records? Settle(TwinCall<Storage> call, AbiValue recent, ulong trusted)
    {
        Records state = Of(call);
        ulong latest = checked(call.Now - _proofDelay);
        for (int i = 0; i < recent.Items.Length && state.Proven - (ulong)i > state.Final; i++)
        {
            ulong when = recent[i][1].ToUInt64();
            if (when <= latest && when > trusted) return state with { Final = state.Proven - (ulong)i, FinalAt = call.Now };
        }
        return null;
    }

    private sealed record Records() : Storage([], [], 0, 0, 0, ImmutableDictionary<L1Address, UInt128>.Empty)
    {
        public Digest32 Tip { get; init; }

        public ulong Proven { get; init; }

        public ulong Final { get; init; }

        public ulong FinalAt { get; init; }

        public ImmutableDictionary<ulong, Digest32> ExitRoots { get; init; } = ImmutableDictionary<ulong, Digest32>.Empty;

        public ImmutableDictionary<ulong, Digest32> StateRoots { get; init; } = ImmutableDictionary<ulong, Digest32>.Empty;
    }
}
