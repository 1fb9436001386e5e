using System.Collections.Immutable;
using System.Numerics;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/ProofRegistry.sol in process.</summary>
internal sealed class ProofRegistryTwin : ContractTwin<ProofRegistryTwin.Storage>
{
    private readonly L1Address _governor;
    private readonly int _agreeing;
    private readonly ImmutableList<ProofSystem> _initial;

    private ProofRegistryTwin(L1Address governor, int agreeing, ImmutableList<ProofSystem> initial)
    {
        (_governor, _agreeing, _initial) = (governor, agreeing, initial);
        On(C.Register, (call, a) => Register(call, a[0].ToAddress(), a[1].ToBool()));
        On(C.Retire, (call, a) => Retire(call, (int)a[0].ToUInt64()));
        On(C.Resume, (call, _) => Resume(call));
        On(C.Submit, (call, a) => Submit(call, a[0].ToUInt64(), (a[1].ToDigest(), a[2].ToDigest(), a[3].ToDigest()), a[4]));
        On(C.Check, (call, a) => [Convinces(call, a), call.State.TrustedFrom]);
        On(C.ProvenAt, (call, a) => [call.State.IsHalted ? 0 : call.State.Batches.GetValueOrDefault((a[0].ToDigest(), a[1].ToDigest(), a[2].ToDigest())).ProvenAt]);
        On(C.Halted, (call, _) => [call.State.IsHalted]);
        On(C.TrustedFrom, (call, _) => [call.State.TrustedFrom]);
        On(C.Systems, (call, a) => a[0].ToUInteger() < call.State.Systems.Count && call.State.Systems[(int)a[0].ToUInt64()] is var found
            ? [found.Verifier, found.IsValidity, found.IsRetired]
            : [default(L1Address), false, false]);
        On(C.SystemCount, (call, _) => [(ulong)call.State.Systems.Count]);
        On(C.ValidityCount, (call, _) => [(ulong)Validity(call.State.Systems)]);
    }

    public override object Genesis => new Storage(
        _initial, false, 0, ImmutableDictionary<(Digest32, Digest32), Digest32>.Empty, ImmutableDictionary<(Digest32, Digest32, Digest32), Evidence>.Empty);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static ProofRegistryTwin? Create(AbiValue arguments)
    {
        ReadOnlySpan<AbiValue> verifiers = arguments[1].Items, kinds = arguments[2].Items;
        int agreeing = (int)arguments[3].ToUInt64();
        if (agreeing is < 1 or > 4 || agreeing > verifiers.Length || verifiers.Length != kinds.Length || verifiers.Length > C.MaxSystems) return null;
        ImmutableList<ProofSystem> systems = [];
        for (int i = 0; i < verifiers.Length; i++) systems = systems.Add(new ProofSystem(verifiers[i].ToAddress(), kinds[i].ToBool(), false));
        return Validity(systems) > 0 ? new ProofRegistryTwin(arguments[0].ToAddress(), agreeing, systems) : null;
    }

    private static int Validity(ImmutableList<ProofSystem> systems) => systems.Count(static system => system is { IsValidity: true, IsRetired: false });

    private void RequireGovernor(TwinCall<Storage> call) => call.Require(call.Sender == _governor, "NotGovernor", call.Sender);

    private void Register(TwinCall<Storage> call, L1Address verifier, bool isValidity)
    {
        RequireGovernor(call);
        call.Require(call.State.Systems.Count < C.MaxSystems, "TooMany");
        call.State = call.State with { Systems = call.State.Systems.Add(new ProofSystem(verifier, isValidity, false)) };
        call.Emit(C.Registered, (ulong)call.State.Systems.Count - 1, verifier, isValidity);
    }

    private void Retire(TwinCall<Storage> call, int number)
    {
        RequireGovernor(call);
        ImmutableList<ProofSystem> systems = call.State.Systems;
        call.Require(number >= 0 && number < systems.Count && !systems[number].IsRetired, "UnknownSystem", (ulong)(uint)number);
        systems = systems.SetItem(number, systems[number] with { IsRetired = true });
        call.Require(Validity(systems) > 0, "NoValidityProof");
        call.State = call.State with { Systems = systems };
        call.Emit(C.Retired, (ulong)number);
    }

    // What was proven before is forgotten: in Solidity by keys of another epoch.
    private void Resume(TwinCall<Storage> call)
    {
        RequireGovernor(call);
        call.Require(call.State.IsHalted, "AlreadyDone");
        call.State = (Storage)Genesis with { Systems = call.State.Systems, TrustedFrom = call.Now };
        call.Emit(C.Resumed, call.Now);
    }

    private void Submit(TwinCall<Storage> call, ulong number, (Digest32 Start, Digest32 Final, Digest32 Head) batch, AbiValue proof)
    {
        Storage state = call.State;
        call.Require(!state.IsHalted, "IsHalted");
        call.Require(number < (ulong)state.Systems.Count && !state.Systems[(int)number].IsRetired, "UnknownSystem", number);
        ProofSystem system = state.Systems[(int)number];
        call.Require(call.Call(system.Verifier, ProofVerifierContract.Verify, 0, batch.Start, batch.Final, batch.Head, proof)[0].ToBool(), "WrongProof");
        if (system.IsValidity)
        {
            Digest32 other = state.Shown.GetValueOrDefault((batch.Start, batch.Head));
            if (other != default && other != batch.Final)
            {
                call.State = state with { IsHalted = true };
                call.Emit(C.Contradicted, batch.Start, batch.Head, other, batch.Final);
                return;
            }
            state = state with { Shown = state.Shown.SetItem((batch.Start, batch.Head), batch.Final) };
        }
        Evidence evidence = state.Batches.GetValueOrDefault(batch);
        UInt128 bit = UInt128.One << (int)number, before = system.IsValidity ? evidence.Validity : evidence.Tee;
        call.Require((before & bit) == 0, "AlreadyDone");
        evidence = system.IsValidity ? evidence with { Validity = before | bit } : evidence with { Tee = before | bit };
        bool isProven = evidence.Validity != 0 && UInt128.PopCount(evidence.Validity) + UInt128.PopCount(evidence.Tee) >= (UInt128)_agreeing;
        if (isProven && evidence.ProvenAt == 0) evidence = evidence with { ProvenAt = call.Now };
        call.State = state with { Batches = state.Batches.SetItem(batch, evidence) };
        call.Emit(C.Agreed, number, batch.Start, batch.Final, batch.Head, isProven);
    }

    private bool Convinces(TwinCall<Storage> call, AbiValue a)
    {
        Storage state = call.State;
        ReadOnlySpan<AbiValue> numbers = a[3].Items, evidence = a[4].Items;
        if (state.IsHalted || numbers.Length < _agreeing || numbers.Length != evidence.Length) return false;
        bool isProven = false;
        for (int i = 0; i < numbers.Length; i++)
        {
            ulong number = numbers[i].ToUInt64();
            if (number >= (ulong)state.Systems.Count || (i != 0 && number <= numbers[i - 1].ToUInt64())) return false;
            ProofSystem system = state.Systems[(int)number];
            if (system.Verifier.IsZero || system.IsRetired || !call.Call(system.Verifier, ProofVerifierContract.Verify, 0, a[0], a[1], a[2], evidence[i])[0].ToBool()) return false;
            isProven |= system.IsValidity;
        }
        return isProven;
    }

    internal readonly record struct ProofSystem(L1Address Verifier, bool IsValidity, bool IsRetired);

    internal readonly record struct Evidence(UInt128 Validity, UInt128 Tee, ulong ProvenAt);

    internal sealed record Storage(
        ImmutableList<ProofSystem> Systems,
        bool IsHalted,
        ulong TrustedFrom,
        ImmutableDictionary<(Digest32 Start, Digest32 Head), Digest32> Shown,
        ImmutableDictionary<(Digest32 Start, Digest32 Final, Digest32 Head), Evidence> Batches);
}
