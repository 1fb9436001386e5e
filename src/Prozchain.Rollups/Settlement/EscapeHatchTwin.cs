using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.State;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/EscapeHatch.sol in process.</summary>
internal sealed class EscapeHatchTwin : ContractTwin<EscapeHatchTwin.Storage>
{
    private readonly L1Address _finality, _bridge, _inbox;
    private readonly ulong _delay;

    private EscapeHatchTwin(AbiValue a)
    {
        (_finality, _bridge, _inbox, _delay) = (a[0].ToAddress(), a[1].ToAddress(), a[2].ToAddress(), a[3].ToUInt64());
        On(C.Freeze, (call, _) => Freeze(call));
        On(C.Escape, (call, a) => Escape(call, a[0], a[1], (uint)a[2].ToUInt64(), a[3].ToUInt128(), a[4], a[5].ToAddress(), a[6], a[7]));
        On(C.ShowBatch, ShowBatch);
        On(C.Reclaim, (call, a) => Reclaim(call, a[0].ToUInt64(), a));
        On(C.Frozen, (call, _) => [call.State.IsFrozen, call.State.Count]);
        On(C.StateRoot, (call, _) => [call.State.Root]);
        On(C.Delay, (_, _) => [_delay]);
        On(C.HasLeft, (call, a) => [call.State.Left.Contains(a[0].ToDigest())]);
        On(C.LeastDelay, (call, a) => [LeastDelay(a[0]) is { } least ? least : throw call.Revert("BadClocks")]);
    }

    public override object Genesis => new Storage(false, 0, default, null, [], []);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static EscapeHatchTwin? Create(AbiValue arguments) =>
        LeastDelay(arguments[4]) is { } least && arguments[3].ToUInt64() >= least ? new EscapeHatchTwin(arguments) : null;

    // As ExitDelay has it, of the clocks' words.
    private static ulong? LeastDelay(AbiValue c)
    {
        ulong finality = c[0].ToUInt64(), challenge = c[1].ToUInt64(), round = c[2].ToUInt64(), group = c[3].ToUInt64(), demotions = c[4].ToUInt64(), claims = c[5].ToUInt64();
        ulong interval = c[6].ToUInt64(), margin = c[7].ToUInt64();
        if (claims is 0 or >= 1UL << 60 || margin < 86_400 || group is < 2 or > 65_536 || demotions is 0 or > 64) return null;
        ulong worst = claims == 1 ? 0 : checked(round * ((ulong)TournamentBounds.Rounds((int)group, (int)demotions, claims) + demotions));
        return checked(Math.Max(finality, challenge) + worst + interval + margin + 1);
    }

    private void Freeze(TwinCall<Storage> call)
    {
        call.Require(!call.State.IsFrozen, "AlreadyFrozen");
        AbiValue last = call.Call(_finality, FinalityViews.LastFinal, 0);
        ulong batch = last[0].ToUInt64(), from = checked(last[1].ToUInt64() + _delay);
        call.Require(call.Now > from, "NotYet", from);
        Storage state = call.State with { IsFrozen = true };
        if (last[2].ToBool())
        {
            Digest32 root = call.Call(_finality, FinalityViews.StateRoot, 0, batch)[0].ToDigest();
            call.Require(root != default, "NoRoot", batch);
            state = state with { Count = checked(batch + 1), Root = root };
        }
        else state = state with { ForcedTaken = 0 };
        call.State = state;
        call.Emit(C.FrozenAt, state.Count, state.Root);
    }

    private void Escape(TwinCall<Storage> call, AbiValue owner, AbiValue accountPath, uint token, UInt128 amount, AbiValue balancePath, L1Address recipient, AbiValue r, AbiValue s)
    {
        call.Require(call.State.IsFrozen, "NotFrozen");
        byte scheme = (byte)owner[0].ToUInt64();
        var address = new AccountAddress(scheme, owner[1].Word);
        ReadOnlySpan<byte> record = owner[2].Bytes.Span;
        call.Require(Holds(call.State.Root, PaymentKeys.Account(address), record, accountPath), "NotInState");
        Digest32 present = record.Length == PaymentAccount.LongSize ? new Digest32(record[PaymentAccount.ShortSize..]) : address.Digest;
        byte[] key = [P256Signature.Scheme, .. owner[3].Word.Span, .. owner[4].Word.Span];
        call.Require(AccountAddress.FromPublicKey(key).Digest == present, "WrongKey");
        byte[] digest = SHA256.HashData(C.Message(call.Frame.ChainId, call.Frame.Self, owner[0], owner[1], recipient));
        using ECDsa? verifier = P256Signature.TryImport(key);
        call.Require(verifier is not null && verifier.VerifyHash(digest, (byte[])[.. r.Word.Span, .. s.Word.Span]), "BadSignature");

        Span<byte> value = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(value, amount);
        Digest32 balance = PaymentKeys.Balance(address, token);
        call.Require(Holds(call.State.Root, balance, value, balancePath), "NotInState");
        call.Require(!call.State.Left.Contains(balance), "AlreadyLeft");
        call.State = call.State with { Left = call.State.Left.Add(balance) };
        call.Emit(C.Escaped, owner[1], recipient, (ulong)token, amount);
        call.Call(_bridge, BridgeContract.PayOut, 0, (ulong)token, amount, recipient);
    }

    private void ShowBatch(TwinCall<Storage> call, AbiValue fields)
    {
        call.Require(call.State.IsFrozen, "NotFrozen");
        call.Require(call.State.Count != 0, "WrongBatch");
        ulong number = call.State.Count - 1;
        call.Require(call.Call(_inbox, InboxContract.BatchHeads, 0, number)[0].ToDigest() == InboxContract.HeadOf(number, fields), "WrongBatch");
        ulong taken = fields[3].ToUInt64();
        call.State = call.State with { ForcedTaken = taken };
        call.Emit(C.ForcedKnown, taken);
    }

    private void Reclaim(TwinCall<Storage> call, ulong index, AbiValue a)
    {
        call.Require(call.State.IsFrozen && call.State.ForcedTaken is not null, "NotFrozen");
        L1Address from = a[5].ToAddress();
        byte[] data = BridgeContract.EncodeDeposit((uint)a[1].ToUInt64(), a[2].ToUInt128(), a[3], a[4], from);
        Digest32 before = index == 0 ? default : call.Call(_inbox, InboxContract.ForcedHeads, 0, index - 1)[0].ToDigest();
        bool isQueued = call.Call(_inbox, InboxContract.ForcedHeads, 0, index)[0].ToDigest() == InboxContract.NextForcedHead(before, _bridge, data, a[6], a[7]);
        call.Require(index >= call.State.ForcedTaken && isQueued, "WrongDeposit");
        call.Require(!call.State.Reclaimed.Contains(index), "AlreadyLeft");
        call.State = call.State with { Reclaimed = call.State.Reclaimed.Add(index) };
        call.Emit(C.Reclaimed, index, from, a[1], a[2]);
        call.Call(_bridge, BridgeContract.PayOut, 0, a[1], a[2], from);
    }

    private static bool Holds(in Digest32 root, in Digest32 key, ReadOnlySpan<byte> value, AbiValue path)
    {
        if (path.Items.Length > 8 * Bytes32.Size) return false;
        var siblings = new Bytes32[path.Items.Length];
        for (int i = 0; i < siblings.Length; i++) siblings[i] = path[i].Word;
        var proof = new TrieProof { Siblings = siblings, HasLeaf = true, LeafKey = key.Value, LeafValueHash = TreeHash<KeccakTree>.Value(value) };
        return proof.Verify<TreeHash<KeccakTree>>(root.Value, 0, key.Value);
    }

    internal sealed record Storage(bool IsFrozen, ulong Count, Digest32 Root, ulong? ForcedTaken, ImmutableHashSet<Digest32> Left, ImmutableHashSet<ulong> Reclaimed);
}
