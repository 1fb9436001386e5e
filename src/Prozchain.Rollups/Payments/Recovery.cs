using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// The recovery of accounts by guardians. A policy carries a round, which every change of the policy, every cancelling and
/// every recovery ends: what was agreed in an earlier round counts nothing. Requests for different keys run beside
/// each other, so that no guardian can keep the others from theirs.
/// </summary>
internal static class Recovery
{
    private const int RoundSize = 8, RequestSize = RoundSize + 8 + 2;
    private const int MostPolicy = RoundSize + 6 + RecoveryPolicy.MaxGuardians * AccountAddress.Size;

    /// <summary>Names the guardians; an empty payload names none.</summary>
    public static TransitionStatus Set<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> room = stackalloc byte[MostPolicy];
        TransitionStatus status = Policy(ref ledger, payment.Sender, room, out Digest32 key, out int length);
        if (status != TransitionStatus.Applied) return status;
        if (length == 0) room[..RoundSize].Clear();
        NextRound(room);
        payment.Payload.Span.CopyTo(room[RoundSize..]);
        return ledger.Put(key, room[..(RoundSize + payment.Payload.Length)]);
    }

    /// <summary>Ends the round.</summary>
    public static TransitionStatus Cancel<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> room = stackalloc byte[MostPolicy];
        TransitionStatus status = Policy(ref ledger, payment.Sender, room, out Digest32 key, out int length);
        if (status != TransitionStatus.Applied) return status;
        if (length <= RoundSize) return TransitionStatus.NoRecovery;
        NextRound(room);
        return ledger.Put(key, room[..length]);
    }

    /// <summary>A guardian asks for a key, or agrees to one.</summary>
    public static TransitionStatus Ask<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment, in BatchContext context)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> room = stackalloc byte[MostPolicy];
        TransitionStatus status = Policy(ref ledger, payment.Recipient, room, out _, out int length);
        if (status != TransitionStatus.Applied) return status;
        if (length <= RoundSize || !RecoveryPolicy.TryRead(room[RoundSize..length], out RecoveryPolicy policy)) return TransitionStatus.NoRecovery;
        int guardian = policy.IndexOf(payment.Sender);
        if (guardian < 0) return TransitionStatus.NotGuardian;

        bool isStart = payment.Kind == PaymentKind.StartRecovery;
        Digest32 asked = isStart ? AccountAddress.FromPublicKey(payment.Payload.Span).Digest : new Digest32(payment.Payload.Span);
        status = Request(ref ledger, payment.Recipient, asked, room, out Digest32 key, out ulong start, out ushort approvals);
        if (status is not (TransitionStatus.Applied or TransitionStatus.NoSuchRecovery)) return status;
        bool runs = status == TransitionStatus.Applied;
        if (isStart == runs) return runs ? TransitionStatus.RecoveryRuns : TransitionStatus.NoSuchRecovery;
        if (isStart) (start, approvals) = (context.TimestampSeconds, 0);
        if ((approvals >> guardian & 1) != 0) return TransitionStatus.AlreadyApproved;

        Span<byte> value = stackalloc byte[RequestSize];
        room[..RoundSize].CopyTo(value);
        BinaryPrimitives.WriteUInt64LittleEndian(value[RoundSize..], start);
        BinaryPrimitives.WriteUInt16LittleEndian(value[(RoundSize + 8)..], (ushort)(approvals | 1 << guardian));
        return ledger.Put(key, value);
    }

    /// <summary>Installs a key that enough guardians asked for, and ends the round.</summary>
    public static TransitionStatus Finish<TView, THash>(ref Ledger<TView, THash> ledger, in Payment payment, in BatchContext context)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> room = stackalloc byte[MostPolicy];
        TransitionStatus status = Policy(ref ledger, payment.Recipient, room, out Digest32 policyKey, out int length);
        if (status != TransitionStatus.Applied) return status;
        if (length <= RoundSize || !RecoveryPolicy.TryRead(room[RoundSize..length], out RecoveryPolicy policy)) return TransitionStatus.NoRecovery;
        var asked = new Digest32(payment.Payload.Span);
        status = Request(ref ledger, payment.Recipient, asked, room, out _, out ulong start, out ushort approvals);
        if (status != TransitionStatus.Applied) return status;
        if (BitOperations.PopCount(approvals) < policy.Threshold) return TransitionStatus.TooFewApprovals;
        if (context.TimestampSeconds < start || context.TimestampSeconds - start < policy.DelaySeconds) return TransitionStatus.TooEarly;

        NextRound(room);
        status = ledger.Put(policyKey, room[..length]);
        return status == TransitionStatus.Applied ? ledger.ReplaceKey(payment.Recipient, asked) : status;
    }

    // The policy's value: the round, then the payload that set it.
    private static TransitionStatus Policy<TView, THash>(ref Ledger<TView, THash> ledger, in AccountAddress account, Span<byte> room, out Digest32 key, out int length)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> input = stackalloc byte[AccountAddress.Size];
        account.CopyTo(input);
        key = new Digest32(TreeHash<THash>.Hash(PaymentKeys.PolicyTag, input));
        TransitionStatus status = ledger.Get(key, out ReadOnlySpan<byte> value);
        length = value.Length;
        if (status != TransitionStatus.Applied) return status;
        if (length > MostPolicy || length is > 0 and < RoundSize) return TransitionStatus.CorruptState;
        value.CopyTo(room);
        return TransitionStatus.Applied;
    }

    private static TransitionStatus Request<TView, THash>(ref Ledger<TView, THash> ledger, in AccountAddress account, in Digest32 asked, ReadOnlySpan<byte> round, out Digest32 key, out ulong start, out ushort approvals)
        where TView : IStateView
        where THash : IStateHash
    {
        Span<byte> input = stackalloc byte[AccountAddress.Size + Digest32.Size];
        account.CopyTo(input);
        asked.Span.CopyTo(input[AccountAddress.Size..]);
        key = new Digest32(TreeHash<THash>.Hash(PaymentKeys.RequestTag, input));
        (start, approvals) = (0, 0);
        TransitionStatus status = ledger.Get(key, out ReadOnlySpan<byte> value);
        if (status != TransitionStatus.Applied) return status;
        if (value.IsEmpty) return TransitionStatus.NoSuchRecovery;
        if (value.Length != RequestSize) return TransitionStatus.CorruptState;
        if (!value[..RoundSize].SequenceEqual(round[..RoundSize])) return TransitionStatus.NoSuchRecovery;
        start = BinaryPrimitives.ReadUInt64LittleEndian(value[RoundSize..]);
        approvals = BinaryPrimitives.ReadUInt16LittleEndian(value[(RoundSize + 8)..]);
        return TransitionStatus.Applied;
    }

    private static void NextRound(Span<byte> policy) =>
        BinaryPrimitives.WriteUInt64LittleEndian(policy, BinaryPrimitives.ReadUInt64LittleEndian(policy) + 1);
}
