using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using C = Prozchain.Rollups.Evm.MessageRootContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/MessageRoot.sol in process.</summary>
internal sealed class MessageRootTwin : ContractTwin<MessageRootTwin.Storage>
{
    private readonly L1Address _inbox, _finality, _hatch, _policy;
    private readonly ulong _rollup;

    private MessageRootTwin(AbiValue a)
    {
        (_inbox, _finality, _hatch, _rollup, _policy) = (a[0].ToAddress(), a[1].ToAddress(), a[2].ToAddress(), a[3].ToUInt64(), a[4].ToAddress());
        On(C.Relay, (call, a) => Relay(call, a[0].ToUInt64(), a[1].ToUInt64(), a[4].ToAddress(), a));
        On(C.Send, (call, a) => [Send(call, a[0], a[1], a[2])], isPayable: true);
        On(C.IsRelayed, (call, a) => [call.State.Relayed.Contains((a[0].ToUInt64(), a[1].ToUInt64()))]);
        On(C.Inbox, (_, _) => [_inbox]);
        On(C.Finality, (_, _) => [_finality]);
        On(C.LeafOf, (_, a) => [C.LeafOfHash(_rollup, a[0].ToUInt64(), a[1].ToUInt64(), a[2], a[3], a[4].ToAddress(), a[5].ToDigest())]);
    }

    public override object Genesis => new Storage([]);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments.</summary>
    public static MessageRootTwin Create(AbiValue arguments) => new(arguments);

    private void Relay(TwinCall<Storage> call, ulong batch, ulong index, L1Address target, AbiValue a)
    {
        call.Require(call.Call(_finality, FinalityViews.IsFinal, 0, batch)[0].ToBool(), "NotFinal", batch);
        bool isFrozen = false;
        if (!_hatch.IsZero)
        {
            AbiValue frozen = call.Call(_hatch, EscapeHatchContract.Frozen, 0);
            isFrozen = frozen[0].ToBool();
            call.Require(!isFrozen || batch < frozen[1].ToUInt64(), "Frozen");
        }
        if (!_policy.IsZero && !isFrozen) call.Call(_policy, FinalityPolicyContract.Check, 0, (ulong)EffectKind.Message, batch, index, 0UL, 0UL);
        Digest32 leaf = C.LeafOfHash(_rollup, batch, index, a[2], a[3], target, new Digest32(Hashing.Keccak(a[5].Bytes.Span)));
        call.Require(ExitTree.Holds(call.Call(_finality, FinalityViews.ExitRoot, 0, batch)[0].ToDigest(), index, leaf, a[6]), "NotInTree");
        call.Require(!call.State.Relayed.Contains((batch, index)), "AlreadyRelayed", batch, index);
        call.State = new Storage(call.State.Relayed.Add((batch, index)));
        call.Require(call.Frame.HasCode(target), "NoTarget", target);
        call.Emit(C.Relayed, batch, index, target);
        ChainAnswer answer = call.Frame.Call(new ChainCall(target, C.Receive.Encode(a[2], a[3], a[5])));
        call.Require(answer.IsOk, "TargetFailed", AbiValue.Of(answer.Output));
    }

    private AbiValue Send(TwinCall<Storage> call, AbiValue scheme, AbiValue digest, AbiValue data)
    {
        UInt128 fee = call.Call(_inbox, InboxContract.ForcedFee, 0)[0].ToUInt128();
        call.Require(call.Value >= fee, "FeeTooLow", fee, call.Value);
        AbiValue index = call.Call(_inbox, InboxContract.Enqueue, fee, AbiValue.Of(C.EncodeMessage(call.Sender, scheme, digest, data)))[0];
        call.Emit(C.Sent, index, call.Sender, scheme, digest);
        if (call.Value > fee) call.Pay(call.Sender, call.Value - fee);
        return index;
    }

    internal sealed record Storage(ImmutableHashSet<(ulong Batch, ulong Index)> Relayed);
}
