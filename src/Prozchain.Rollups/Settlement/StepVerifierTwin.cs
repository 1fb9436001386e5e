using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.StepVerifierContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/StepVerifier.sol in process: the same steps by the library's own transition.</summary>
internal sealed class StepVerifierTwin : ContractTwin<StepVerifierTwin.Storage>
{
    private readonly ulong _chainId;
    private readonly PaymentStep<KeccakTree> _steps;

    private StepVerifierTwin(PaymentRules rules, ISignatureVerifier verifier, L1Address ed25519)
    {
        _chainId = rules.ChainId;
        _steps = new PaymentStep<KeccakTree>(rules, verifier);
        On(C.Prove, (call, arguments) => [Prove(call, arguments)]);
        On(C.Execute, Execute);
        On(C.LeafOf, (_, arguments) => [C.ToMachine(arguments[0]).Leaf()]);
        On(C.EdgeOf, (_, arguments) => [Hashing.Pair(arguments[0].ToDigest(), arguments[1].ToDigest())]);
        On(C.ItemOf, (_, arguments) => [Item(arguments[0], arguments[1]).Digest()]);
        On(C.Append, (call, arguments) => [Append(call, arguments)]);
        On(C.ChainId, (_, _) => [_chainId]);
        On(C.Ed25519, (_, _) => [ed25519]);
    }

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if the constructor reverts.</summary>
    public static StepVerifierTwin? Create(AbiValue arguments)
    {
        AbiValue of = arguments[0];
        var caps = new BatchCaps(new ResourceUse(of[3].ToUInt64(), of[4].ToUInt64()), new ResourceUse(of[5].ToUInt64(), of[6].ToUInt64()));
        ulong feeScheme = of[1].ToUInt64();
        L1Address ed25519 = of[7].ToAddress();
        if (feeScheme == 0 || !PaymentRules.Intrinsic.FitsIn(caps.Transaction)) return null;
        var rules = new PaymentRules(of[0].ToUInt64(), new AccountAddress((byte)feeScheme, of[2].Word)) { Caps = caps };
        return new StepVerifierTwin(rules, ed25519.IsZero ? new P256Verifier(2) : new Ed25519Verifier(), ed25519);
    }

    private static StepItem Item(AbiValue kind, AbiValue data) =>
        kind.ToUInt64() <= (ulong)StepKind.Close ? new StepItem((StepKind)kind.ToUInt64(), data.Bytes) : throw new ContractRevert([]);

    private static AbiValue Append(TwinCall<Storage> call, AbiValue arguments)
    {
        var path = new Digest32[arguments[3].Items.Length];
        for (int i = 0; i < path.Length; i++) path[i] = arguments[3][i].ToDigest();
        bool isOk = EffectLog.TryAppend(arguments[0].ToDigest(), arguments[1].ToUInt64(), arguments[2].ToDigest(), path, out Digest32 root);
        call.Require(isOk, "BadExits");
        return root;
    }

    private AbiValue[] Execute(TwinCall<Storage> call, AbiValue arguments)
    {
        Item(arguments[2][1], arguments[2][2]);
        (TransitionOutcome outcome, StepMachine after) = Execute(call, arguments[0].ToUInt64(), arguments[1].ToUInt64(), C.ToProof(arguments[2]));
        return [(ulong)outcome.Status, C.Encode(after)];
    }

    private AbiValue Prove(TwinCall<Storage> call, AbiValue arguments)
    {
        AbiValue step = arguments[5];
        StepMachine before = C.ToMachine(step[0]);
        StepItem item = Item(step[1], step[2]);
        bool isFirst = arguments[4].ToBool();
        Digest32 got = isFirst ? before.Edge() : before.Leaf();
        call.Require(got == arguments[0].ToDigest(), "WrongState", arguments[0], got);
        if (isFirst)
        {
            before = before with { ExitRoot = default };
            call.Require(before == StepMachine.Begin(before.StateRoot), "WrongState", arguments[0], before.Leaf());
        }
        call.Require(item.Digest() == arguments[1].ToDigest(), "WrongItem", arguments[1], item.Digest());
        (_, StepMachine after) = Execute(call, arguments[2].ToUInt64(), arguments[3].ToUInt64(), C.ToProof(step) with { Before = before });
        return item.Kind == StepKind.Close ? after.Edge() : after.Leaf();
    }

    private (TransitionOutcome Outcome, StepMachine After) Execute(TwinCall<Storage> call, ulong number, ulong time, StepProof proof)
    {
        StepFault fault = _steps.Execute(proof, new BatchContext(_chainId, number, time, 0), out TransitionOutcome outcome, out StepMachine after);
        // The faults are the contract's errors.
        call.Require(fault == StepFault.None, fault.ToString());
        return (outcome, after);
    }

    internal sealed record Storage;
}
