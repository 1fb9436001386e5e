using System.Buffers.Binary;
using System.Collections.Immutable;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.EscapeHatchContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/EscapeHatch.sol in process.</summary>
internal sealed class EscapeHatchTwin : ContractTwin<EscapeHatchTwin.Storage>
{
    private readonly L1Address _finality, _bridge, _inbox, _hasher, _authorizer;
    private readonly ulong _delay;
    private readonly ISignatureVerifier _p256;

    private EscapeHatchTwin(AbiValue a, ISignatureVerifier p256)
    {
        _p256 = p256;
        (_finality, _bridge, _inbox, _delay) = (a[0].ToAddress(), a[1].ToAddress(), a[2].ToAddress(), a[3].ToUInt64());
        (_hasher, _authorizer) = (a[5][0].ToAddress(), a[5][1].ToAddress());
        On(C.Freeze, (call, _) => Freeze(call));
        On(C.Escape, (call, a) => Escape(call, a[0], a[1], (uint)a[2].ToUInt64(), a[3].ToUInt128(), a[4], a[5].ToAddress(), a[6]));
        On(C.ShowBatch, ShowBatch);
        On(C.Reclaim, (call, a) => Reclaim(call, a[0].ToUInt64(), a));
        On(C.Frozen, (call, _) => [call.State.IsFrozen, call.State.Count]);
        On(C.StateRoot, (call, _) => [call.State.Root]);
        On(C.Delay, (_, _) => [_delay]);
        On(C.Hasher, (_, _) => [_hasher]);
        On(C.Authorizer, (_, _) => [_authorizer]);
        On(C.HasLeft, (call, a) => [call.State.Left.Contains(a[0].ToDigest())]);
        On(C.LeastDelay, (call, a) => [LeastDelay(a[0]) is { } least ? least : throw call.Revert("BadClocks")]);
    }

    public override object Genesis => new Storage(false, 0, default, null, [], []);

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    /// <summary>From the constructor's arguments; null if it would revert.</summary>
    public static EscapeHatchTwin? Create(AbiValue arguments) =>
        LeastDelay(arguments[4]) is { } least && arguments[3].ToUInt64() >= least ? new EscapeHatchTwin(arguments, new P256Verifier(2)) : null;

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
            state = state with { Count = checked(batch + 1), Root = call.Call(_finality, FinalityViews.StateRoot, 0, batch)[0].ToDigest() };
        }
        else state = state with { ForcedTaken = 0 };
        call.State = state;
        call.Emit(C.FrozenAt, state.Count, state.Root);
    }

    private void Escape(TwinCall<Storage> call, AbiValue owner, AbiValue accountPath, uint token, UInt128 amount, AbiValue balancePath, L1Address recipient, AbiValue signature)
    {
        call.Require(call.State.IsFrozen, "NotFrozen");
        Digest32 root = Root(call);
        byte[] record = owner[2].Bytes.ToArray();
        bool isNumbered = record.Length == PaymentAccount.NumberedSize;
        var address = new AccountAddress((byte)owner[0].ToUInt64(), owner[1].Word);
        // The record names the number, which its digest under a tree for circuits says and the leaf's does not.
        if (isNumbered) call.Require(address.TryGetNumber(out uint account) && account == BinaryPrimitives.ReadUInt32LittleEndian(record), "NotInState");
        Digest32 key = isNumbered ? address.Digest : Hash(call, [PaymentKeys.AccountTag, .. Bytes(address)]);
        CheckLeaf(call, root, key, record, accountPath);
        CheckOwner(call, address, owner, recipient, signature);

        byte[] value = new byte[16], number = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt128LittleEndian(value, amount);
        BinaryPrimitives.WriteUInt32LittleEndian(number, token);
        // The record itself has the balance of token 0.
        if (isNumbered && token == 0) call.Require(balancePath.Items.Length == 0 && record.AsSpan()[^value.Length..].SequenceEqual(value), "NotInState");
        else
        {
            key = Hash(call, [PaymentKeys.BalanceTag, .. Bytes(address), .. number]);
            CheckLeaf(call, root, key, value, balancePath);
        }
        call.Require(!call.State.Left.Contains(key), "AlreadyLeft");
        call.State = call.State with { Left = call.State.Left.Add(key) };
        call.Emit(C.Escaped, owner[1], recipient, (ulong)token, amount);
        call.Call(_bridge, BridgeContract.PayOut, 0, (ulong)token, amount, recipient);
    }

    private Digest32 Root(TwinCall<Storage> call)
    {
        (Digest32 root, ulong count) = (call.State.Root, call.State.Count);
        if (root != default) return root;
        if (count != 0) root = call.Call(_finality, FinalityViews.StateRoot, 0, count - 1)[0].ToDigest();
        call.Require(root != default, "NoRoot", count);
        call.State = call.State with { Root = root };
        return root;
    }

    private void CheckOwner(TwinCall<Storage> call, AccountAddress address, AbiValue owner, L1Address recipient, AbiValue signature)
    {
        ReadOnlySpan<byte> record = owner[2].Bytes.Span, key = owner[3].Bytes.Span;
        bool isNumbered = record.Length == PaymentAccount.NumberedSize;
        Digest32 present = record.Length == PaymentAccount.LongSize ? new Digest32(record[PaymentAccount.ShortSize..])
            : isNumbered ? new Digest32(record.Slice(sizeof(uint), Digest32.Size)) : address.Digest;
        call.Require((!isNumbered || (!key.IsEmpty && key[0] == AccountAddress.HashScheme)) && AccountAddress.IsKey(key) && AccountAddress.FromPublicKey(key).Digest == present, "WrongKey");
        byte[] message = C.Message(call.Frame.ChainId, call.Frame.Self, owner[0], owner[1], recipient);
        bool isSigned = _authorizer.IsZero ? _p256.Verify(key, message, signature.Bytes.Span) : call.Call(_authorizer, ProfileViews.Check, 0, owner[3], AbiValue.Of(message), signature)[0].ToBool();
        call.Require(isSigned, "BadSignature");
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

    private void CheckLeaf(TwinCall<Storage> call, in Digest32 root, in Digest32 key, ReadOnlySpan<byte> value, AbiValue path)
    {
        call.Require(path.Items.Length <= 8 * Bytes32.Size, "NotInState");
        Digest32 node = Hash(call, [Hashing.LeafTag, .. key.Span, .. Hash(call, [Hashing.ValueTag, .. value]).Span]);
        for (int depth = path.Items.Length - 1; depth >= 0; depth--)
        {
            bool isLeft = (key.Span[depth >> 3] >> (7 - (depth & 7)) & 1) == 0;
            ReadOnlySpan<byte> sibling = path[depth].Word.Span;
            node = Hash(call, isLeft ? [Hashing.InnerTag, .. node.Span, .. sibling] : [Hashing.InnerTag, .. sibling, .. node.Span]);
        }
        call.Require(node == root, "NotInState");
    }

    private Digest32 Hash(TwinCall<Storage> call, byte[] message) =>
        _hasher.IsZero ? new Digest32(Hashing.Keccak(message)) : call.Call(_hasher, ProfileViews.Hash, 0, AbiValue.Of(message))[0].ToDigest();

    private static byte[] Bytes(in AccountAddress address)
    {
        var bytes = new byte[AccountAddress.Size];
        address.CopyTo(bytes);
        return bytes;
    }

    internal sealed record Storage(bool IsFrozen, ulong Count, Digest32 Root, ulong? ForcedTaken, ImmutableHashSet<Digest32> Left, ImmutableHashSet<ulong> Reclaimed);
}
