using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What <see cref="TransactionAir"/> asks, tells and is told.</summary>
internal static class TransactionMessages<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    private const uint Version = 1 << 8, SponsorRole = 1 << 4;

    /// <summary>The digest of what is signed, its signature, and whose key that is.</summary>
    public static void Signatures(ref TBuilder b)
    {
        TValue zero = b.Constant(0), one = b.Constant(1), sponsors = b.Local(IsSponsorFee), signs = b.Local(IsValid) + sponsors, index = b.Local(Index0) - one;
        TValue tail = b.Local(TailSigned), message = b.Local(MessageSigned), limb = b.Constant(Limbs.Radix);
        Message<TValue> block = default;
        Span<TValue> fact = ((Span<TValue>)block)[..24];
        // r ‖ P ‖ i, P being the key's last three words.
        for (int i = 0; i < 4; i++) fact[i] = b.Local(Randomness + i);
        for (int i = 0; i < 3; i++) fact[4 + i] = b.Local(SignerKey + 5 + i);
        fact[7] = index;
        fact[8] = b.Constant(Version) + b.Constant(SponsorRole) * sponsors + Kind(ref b);
        (fact[9], fact[10], fact[11], fact[12]) = (b.Public(TransactionAir.Chain), b.Local(Sender), b.Local(Nonce), b.Local(Nonce + 1));
        (fact[13], fact[14], fact[15]) = (b.Local(TokenNumber) + limb * b.Local(FeeToken), b.Local(To), b.Local(Sponsor));
        Columns(ref b, First, fact[16..]);
        b.Send(RollupBuses.CompressN, signs, fact);
        Columns(ref b, First, fact[..8]);
        for (int i = 0; i < 4; i++)
        {
            fact[8 + i] = b.Local(Amount + 2 * i) + limb * b.Local(Amount + 2 * i + 1);
            fact[12 + i] = b.Local(Fee + 2 * i) + limb * b.Local(Fee + 2 * i + 1);
        }
        Columns(ref b, Digest, fact[16..]);
        b.Send(RollupBuses.CompressM, b.Local(ShortSigned), fact);
        Columns(ref b, Second, fact[16..]);
        b.Send(RollupBuses.CompressN, tail + message, fact);
        Columns(ref b, Second, fact[..8]);
        Columns(ref b, Tail, fact[8..16]);
        Columns(ref b, Digest, fact[16..]);
        b.Send(RollupBuses.CompressM, tail, fact);
        Columns(ref b, Third, fact[16..]);
        b.Send(RollupBuses.CompressN, message, fact);

        fact = ((Span<TValue>)block)[..17];
        fact[0] = b.Local(Transaction);
        Columns(ref b, Third, fact[1..9]);
        Columns(ref b, Digest, fact[9..]);
        b.Send(RollupBuses.MessageEnd, message, fact);
        fact = ((Span<TValue>)block)[..18];
        (fact[0], fact[9]) = (b.Local(Transaction) + b.Local(Transaction) + sponsors, index);
        Columns(ref b, SignerKey, fact[1..9]);
        Columns(ref b, Digest, fact[10..]);
        b.Send(RollupBuses.Signed, signs, fact);

        fact = ((Span<TValue>)block)[..10];
        (fact[0], fact[1]) = (b.Local(Party), b.Local(Version0));
        Columns(ref b, SignerKey, fact[2..]);
        b.Send(RollupBuses.Identity, signs + b.Local(IsSameKey) + b.Local(IsJudged), fact);
        fact[1] += one;
        Columns(ref b, Tail, fact[2..]);
        b.Receive(RollupBuses.Identity, b.Local(RotationAsked), fact);
        fact = ((Span<TValue>)block)[..13];
        (fact[0], fact[1], fact[10], fact[11], fact[12]) = (b.Local(Transaction), b.Local(OfSponsor), b.Local(Nonce0), b.Local(Nonce0 + 1), b.Local(Index0));
        Columns(ref b, SignerKey, fact[2..10]);
        b.Send(RollupBuses.Judged, b.Local(IsJudged), fact);
    }

    /// <summary>The four slots.</summary>
    public static void Changes(ref TBuilder b)
    {
        TValue zero = b.Constant(0), one = b.Constant(1), valid = b.Local(IsValid), sponsors = b.Local(IsSponsorFee), reads = b.Local(IsUsedUp) + b.Local(IsSameKey) + b.Local(IsJudged);
        TValue deposited = b.Local(IsDeposited), over = b.Local(IsOver);
        Message<TValue> room = default;
        Span<TValue> change = ((Span<TValue>)room)[..18];
        TValue mode = Mode(ref b, LedgerMode.Short) * b.Local(IsPoor) + Mode(ref b, LedgerMode.Read) * reads + b.Constant(8) * sponsors + b.Constant(24) * valid + b.Constant(32) * b.Local(Rotates);
        mode += Mode(ref b, LedgerMode.Credit) * deposited + Mode(ref b, LedgerMode.Over) * over;
        Put(ref b, change, Slot(ref b, 0), b.Local(Hashed0), b.Local(Party), b.Local(Token0), mode, Amount0);
        (change[13], change[14], change[15], change[16], change[17]) = (b.Local(Nonce0), b.Local(Nonce0 + 1), b.Local(Index0), b.Local(Skip0), b.Local(Version0));
        b.Send(RollupBuses.Change, valid + sponsors + b.Local(IsPoor) + reads + deposited + over, change);

        for (int i = 13; i < 18; i++) change[i] = zero;
        Put(ref b, change, Slot(ref b, 2), b.Local(HasToken), b.Local(Party), b.Local(TokenNumber), Mode(ref b, LedgerMode.Short) * b.Local(IsShort), Amount);
        b.Send(RollupBuses.Change, b.Local(Pays) + b.Local(IsShort), change);
        Put(ref b, change, Slot(ref b, 1), one, b.Local(Party), b.Local(FeeToken), zero, Fee);
        b.Send(RollupBuses.Change, b.Local(PaysFee), change);
        Put(ref b, change, Slot(ref b, 3), b.Local(HasToken), b.Local(Recipient), b.Local(TokenNumber), Mode(ref b, LedgerMode.Credit), Amount);
        b.Send(RollupBuses.Change, b.Local(Credits), change);
        Put(ref b, change, Slot(ref b, 3), one, b.Constant(CellName.SupplyOwner), b.Local(TokenNumber), zero, Amount);
        b.Send(RollupBuses.Change, b.Local(Pays) - b.Local(Credits) + deposited, change);
        // Before the sender pays the amount, which may be the fee recipient; behind what pays it.
        Put(ref b, change, Slot(ref b, 1) + sponsors + b.Local(IsOwnFee), b.Local(HasFeeToken), zero, b.Local(FeeToken), Mode(ref b, LedgerMode.Credit), Fee);
        b.Send(RollupBuses.Change, b.Local(FeeIsPaid), change);
    }

    /// <summary>The payment itself, ranges, the directory, and what leaves.</summary>
    public static void Others(ref TBuilder b)
    {
        TValue deposits = b.Local(IsDeposited) + b.Local(IsReturned), whole = b.Local(IsValid) + b.Local(IsDead) + deposits, real = whole + b.Local(IsSponsorFee) + b.Local(IsOwnFee);
        TValue kind = Kind(ref b) + b.Constant(TransactionAir.Deposit) * deposits;
        Message<TValue> room = default;
        Span<TValue> payment = room;
        (payment[0], payment[1]) = (b.Local(Transaction), kind);
        for (int i = 0; i < 8; i++) payment[2 + i] = b.Local(ByKey + i);
        Columns(ref b, Amount, payment[10..18]);
        Columns(ref b, Fee, payment[18..26]);
        Columns(ref b, Tail, payment[26..34]);
        b.Receive(RollupBuses.Payment, whole, payment, bound: 1);
        for (int i = 0; i < 2; i++) b.Send(Buses.Range(Limbs.Bits), real, [b.Local(PartyGap + i)]);
        for (int i = 0; i < 2; i++) b.Send(Buses.Range(Limbs.Bits), real, [b.Local(RecipientGap + i)]);
        // Who is there is below the count as an integer.
        TValue margin = b.Constant(Limbs.Margin);
        b.Send(Buses.Range(Limbs.Bits), b.Local(IsValid) + b.Local(IsSponsorFee) + b.Local(IsOwnFee), [b.Local(PartyGap + 1) + margin]);
        b.Send(Buses.Range(Limbs.Bits), b.Local(Credits) - b.Local(IsFresh), [b.Local(RecipientGap + 1) + margin]);

        Span<TValue> entry = payment[..10];
        (entry[0], entry[1]) = (b.Local(Recipient), b.Local(IsCreated));
        Columns(ref b, Tail, entry[2..]);
        b.Send(RollupBuses.Directory, b.Local(KeyCredits), entry);
        entry[1] = entry[0];
        b.Send(RollupBuses.Created, b.Local(IsFresh), entry[1..]);
        Span<TValue> exit = payment[..21];
        (exit[0], exit[1], exit[2], exit[3], exit[4]) = (b.Local(Exits), b.Local(Transaction), kind, b.Local(Sender), b.Local(TokenNumber));
        Columns(ref b, Amount, exit[5..13]);
        Columns(ref b, Tail, exit[13..]);
        b.Send(RollupBuses.Exit, b.Local(Pays) - b.Local(Credits) + b.Local(IsDeposited) + b.Local(IsReturned) + b.Local(Tells), exit);
    }

    private static TValue Mode(ref TBuilder b, LedgerMode mode) => b.Constant((ulong)mode);

    private static TValue Kind(ref TBuilder b)
    {
        TValue kind = b.Local(IsWithdraw);
        for (int i = 2; i < Kinds; i++) kind += b.Constant((ulong)i) * b.Local(IsTransfer + i);
        return kind;
    }

    private static TValue Slot(ref TBuilder b, uint slot) => b.Constant(4) * b.Local(Row) + b.Constant(slot + 1);

    private static void Put(ref TBuilder b, scoped Span<TValue> change, TValue time, TValue hashed, TValue a, TValue token, TValue mode, int amount)
    {
        (change[0], change[1], change[2], change[3], change[4]) = (time, hashed, a, token, mode);
        Columns(ref b, amount, change[5..13]);
    }

    private static void Columns(ref TBuilder b, int column, scoped Span<TValue> message)
    {
        for (int i = 0; i < message.Length; i++) message[i] = b.Local(column + i);
    }

    /// <summary>The longest message, of <see cref="RollupBuses.Payment"/>.</summary>
    [InlineArray(34)]
    private struct Message<TElement>
    {
        private TElement _first;
    }
}
