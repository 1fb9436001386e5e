using Prozchain.Zk.Air;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The constraints of <see cref="TransactionAir"/>.</summary>
internal static class TransactionRules<TBuilder, TValue>
    where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
    where TValue : struct, IAirExpression<TValue>
{
    /// <summary>Which rows there are, and what follows what.</summary>
    public static void Order(ref TBuilder b)
    {
        TValue one = b.Constant(1), valid = b.Local(IsValid), fee = b.Local(IsSponsorFee) + b.Local(IsOwnFee), real = valid, nextValid = b.Next(IsValid), nextReal = nextValid, kinds = b.Local(IsTransfer);
        for (int i = 1; i < Roles; i++) (real, nextReal) = (real + b.Local(i), nextReal + b.Next(i));
        for (int i = 0; i < Roles; i++) b.AssertBoolean(b.Local(i), "role", i);
        b.AssertBoolean(real, "real");
        b.AssertZero(Rows.Transition, (one - real) * nextReal, "real rows first");
        for (int i = 0; i < Kinds; i++) b.AssertBoolean(b.Local(IsTransfer + i), "kind", i);
        for (int i = 1; i < Kinds; i++) kinds += b.Local(IsTransfer + i);
        b.AssertZero(kinds - real, "one kind");
        for (int i = ByKey; i < Width; i++) b.AssertZeroWhen(one - real, b.Local(i), "unused", i);

        b.AssertZero(Rows.First, b.Local(Row), "row", 0);
        b.AssertZero(Rows.Transition, b.Next(Row) - b.Local(Row) - real, "row", 1);
        ReadOnlySpan<int> columns = [Transaction, Accounts, Exits];
        for (int i = 0; i < 3; i++)
        {
            TValue after = b.Local(columns[i]) + (i == 0 ? real - fee : i == 1 ? b.Local(IsFresh) : b.Local(Pays) - b.Local(Credits) + b.Local(IsDeposited) + b.Local(IsReturned) + b.Local(Tells));
            b.AssertZero(Rows.First, b.Local(columns[i]) - b.Public(TransactionAir.Start + i), "start", i);
            b.AssertZero(Rows.Transition, b.Next(columns[i]) - after, "count", i);
            b.AssertZero(Rows.Last, after - b.Public(TransactionAir.End + i), "end", i);
        }

        // A fee's row is followed by its payment's, and a valid payment's row follows the fee's that it owes.
        b.AssertZero(Rows.Transition, fee * (one - nextValid), "fee row", 0);
        b.AssertZero(Rows.Last, fee, "fee row", 1);
        b.AssertZero(Rows.Transition, nextValid * (b.Next(HasSponsor) - b.Local(IsSponsorFee)), "fee row", 2);
        b.AssertZero(Rows.Transition, nextValid * (b.Next(OwesOwnFee) - b.Local(IsOwnFee)), "fee row", 3);
        b.AssertZero(Rows.First, valid * (b.Local(HasSponsor) + b.Local(OwesOwnFee)), "fee row", 4);
        for (int i = IsTransfer; i < Nonce + 2; i++) b.AssertZero(Rows.Transition, fee * (b.Next(i) - b.Local(i)), "same payment", i);
    }

    /// <summary>Which of sponsor, tokens, amount and fee are not 0.</summary>
    public static void Tests(ref TBuilder b)
    {
        for (int i = 0; i < TransactionColumns.Tests; i++)
        {
            TValue has = b.Local(Has + i), inverse = b.Local(Inverses + i);
            // Limbs are in range, so their sum is 0 only if they are.
            TValue value = i switch { 0 => b.Local(Sponsor), 1 => b.Local(TokenNumber), 2 => b.Local(FeeToken), 3 => Sum(ref b, Amount), _ => Sum(ref b, Fee) };
            b.AssertZero(value * inverse - has, "has", 3 * i);
            b.AssertZeroWhen(b.Constant(1) - has, value, "has", 3 * i + 1);
            b.AssertZeroWhen(b.Constant(1) - has, inverse, "has", 3 * i + 2);
        }
    }

    /// <summary>Who signs or pays, and why a payment is not valid.</summary>
    public static void Parties(ref TBuilder b)
    {
        TValue one = b.Constant(1), dead = b.Local(IsDead), takesPart = b.Local(IsValid) + b.Local(IsSponsorFee) + b.Local(IsOwnFee), deposits = b.Local(IsDeposited) + b.Local(IsReturned);
        TValue unknown = b.Local(IsUnknown), used = b.Local(IsUsedUp), poor = b.Local(IsPoor), same = b.Local(IsSameKey), judged = b.Local(IsJudged);
        TValue ofSponsor = b.Local(OfSponsor), party = b.Local(Party), count = b.Local(Accounts);
        for (int i = 0; i < Reasons; i++) b.AssertBoolean(b.Local(IsUnknown + i), "reason", i);
        b.AssertZero(unknown + used + poor + same + judged - dead, "one reason");
        b.AssertBoolean(ofSponsor, "of sponsor", 0);
        b.AssertZeroWhen(ofSponsor, one - dead, "of sponsor", 1);
        b.AssertZeroWhen(ofSponsor, one - b.Local(HasSponsor), "of sponsor", 2);
        b.AssertZeroWhen(poor, ofSponsor - b.Local(HasSponsor), "of sponsor", 3);
        b.AssertZeroWhen(same, ofSponsor, "of sponsor", 4);
        b.AssertZeroWhen(same, one - b.Local(IsRotate), "same key is rotated to");
        b.AssertZero(party - (takesPart + dead + deposits) * b.Local(Sender) - (ofSponsor + b.Local(IsSponsorFee)) * (b.Local(Sponsor) - one - b.Local(Sender)), "party");

        TValue gap = Gap(ref b, PartyGap), skip = b.Local(Skip) + ofSponsor * (b.Local(SponsorSkip) - b.Local(Skip));
        b.AssertZeroWhen(takesPart, gap - count + one + party, "gap", 0);
        b.AssertZeroWhen(unknown, gap - party + count, "gap", 1);
        b.AssertZeroWhen(used, gap - b.Local(Index0) - skip + b.Constant(TransactionAir.KeyIndices), "gap", 2);
        for (int i = 0; i < 2; i++) b.AssertZeroWhen(poor + same + judged + deposits, b.Local(PartyGap + i), "gap", 3 + i);
    }

    /// <summary>Slot 0: the record of who signs, what shows that the payment is not valid, or the supply of what is deposited.</summary>
    public static void Record(ref TBuilder b)
    {
        TValue one = b.Constant(1), valid = b.Local(IsValid), sponsors = b.Local(IsSponsorFee), signs = valid + sponsors, poor = b.Local(IsPoor), judged = b.Local(IsJudged);
        TValue reads = b.Local(IsUsedUp) + b.Local(IsSameKey) + judged, supply = b.Local(IsDeposited) + b.Local(IsOver), own = b.Local(OwnFeeInRecord), other = b.Local(SponsorFeeInRecord);
        b.AssertZero(b.Local(Hashed0) - poor * b.Local(HasFeeToken) - supply, "slot 0", 0);
        b.AssertZero(b.Local(Token0) - poor * b.Local(FeeToken) - supply * b.Local(TokenNumber), "slot 0", 1);
        b.AssertZero(own - valid * (one - b.Local(HasSponsor)) * (one - b.Local(HasFeeToken)), "record's fee", 0);
        b.AssertZero(other - sponsors * (one - b.Local(HasFeeToken)), "record's fee", 1);
        for (int i = 0; i < Limbs.Count; i++) b.AssertZero((one - reads) * b.Local(Amount0 + i) - (own + other + poor) * b.Local(Fee + i) - supply * b.Local(Amount + i), "amount 0", i);
        for (int i = 0; i < 2; i++)
        {
            b.AssertZero((one - reads) * b.Local(Nonce0 + i) - valid * b.Local(Nonce + i), "nonce 0", i);
            b.AssertZeroWhen(b.Local(IsDead) + b.Local(IsDeposited) + b.Local(IsReturned), b.Local(Nonce + i), "no nonce", i);
        }
        b.AssertZeroWhen(one - signs - reads, b.Local(Index0), "no index");
        b.AssertZeroWhen(one - signs - reads, b.Local(Version0), "no version");
        b.AssertZero(b.Local(Skip0) - valid * b.Local(Skip) - sponsors * b.Local(SponsorSkip), "skip 0");

        b.AssertZero(b.Local(ShortSigned) - signs * (b.Local(IsTransfer) - b.Local(ByKey)), "short", 0);
        b.AssertZero(b.Local(MessageSigned) - signs * b.Local(IsMessage), "message");
        b.AssertZero(b.Local(ShortSigned) + b.Local(TailSigned) + b.Local(MessageSigned) - signs, "signed");
        b.AssertZero(b.Local(Rotates) - valid * b.Local(IsRotate), "rotates");
        b.AssertZero(b.Local(Tells) - valid * b.Local(IsMessage), "tells");
        b.AssertZeroWhen(one - b.Local(Rotates), b.Local(RotationAsked), "rotation is asked for");
        TValue differs = b.Constant(0);
        for (int i = 0; i < Eight.Length; i++)
        {
            TValue change = b.Local(Tail + i) - b.Local(SignerKey + i);
            differs += b.Local(Third + i) * change;
            b.AssertZeroWhen(b.Local(IsSameKey), change, "same key", i);
            b.AssertZeroWhen(one - signs - b.Local(IsSameKey) - judged, b.Local(SignerKey + i), "no key", i);
            b.AssertZeroWhen(one - signs, b.Local(First + i), "no hash", i);
            b.AssertZeroWhen(one - signs, b.Local(Digest + i), "no hash", 8 + i);
            b.AssertZeroWhen(one - b.Local(TailSigned) - b.Local(MessageSigned), b.Local(Second + i), "no hash", 16 + i);
            b.AssertZeroWhen(one - b.Local(MessageSigned) - b.Local(Rotates), b.Local(Third + i), "no hash", 24 + i);
        }
        for (int i = 0; i < 4; i++) b.AssertZeroWhen(one - signs, b.Local(Randomness + i), "no hash", 32 + i);
        // Where a key is rotated, the third state's columns show a word that changes.
        b.AssertZeroWhen(b.Local(Rotates), one - differs, "other key");
    }

    /// <summary>Slots 1 to 3: amount and fee.</summary>
    public static void Work(ref TBuilder b)
    {
        TValue one = b.Constant(1), valid = b.Local(IsValid), fees = b.Local(IsSponsorFee) + b.Local(IsOwnFee), hasFee = b.Local(HasFee), byKey = b.Local(ByKey), count = b.Local(Accounts);
        TValue works = b.Local(Works), pays = b.Local(Pays), none = b.Local(NoRecipient), credits = b.Local(Credits), fresh = b.Local(IsFresh), created = b.Local(IsCreated);
        TValue deposited = b.Local(IsDeposited), returned = b.Local(IsReturned), over = b.Local(IsOver);
        b.AssertZero(works - valid * b.Local(HasAmount) * (b.Local(IsTransfer) + b.Local(IsWithdraw)), "works");
        for (int i = Pays; i <= NoRecipient; i++) b.AssertBoolean(b.Local(i), "outcome", i - Pays);
        b.AssertZero(pays + b.Local(IsShort) + none + over - works - returned, "one outcome");
        b.AssertBoolean(over, "over", 0);
        b.AssertZeroWhen(over, one - returned, "over", 1);
        b.AssertZeroWhen(deposited + returned, pays + b.Local(IsShort), "nobody pays a deposit");
        b.AssertZeroWhen(none, one - b.Local(IsTransfer) + byKey, "no recipient by number");
        b.AssertZero(credits - pays * b.Local(IsTransfer) - deposited, "credits");
        b.AssertZero(b.Local(PaysFee) - fees * b.Local(HasFeeToken) * hasFee, "pays fee");
        b.AssertZero(b.Local(FeeIsPaid) - hasFee * (b.Local(OwnFeeInRecord) + fees), "fee is paid");
        b.AssertZero(b.Local(OwesOwnFee) - (one - b.Local(HasSponsor)) * b.Local(HasFeeToken) * hasFee, "owes own fee");

        TValue recipient = b.Local(Recipient), gap = Gap(ref b, RecipientGap);
        b.AssertZero(b.Local(KeyCredits) - credits * byKey, "by key");
        b.AssertZero((credits + none - b.Local(KeyCredits)) * (recipient - b.Local(To) + one), "recipient", 0);
        b.AssertZeroWhen(one - credits - none, recipient, "recipient", 1);
        b.AssertBoolean(fresh, "fresh", 0);
        b.AssertZeroWhen(fresh, one - b.Local(KeyCredits), "fresh", 1);
        b.AssertZeroWhen(fresh, recipient - count, "fresh", 2);
        b.AssertBoolean(created, "created", 0);
        b.AssertZeroWhen(fresh, one - created, "created", 1);
        b.AssertZeroWhen(one - b.Local(KeyCredits), created, "created", 2);
        b.AssertZeroWhen(credits - fresh, gap - count + one + recipient, "recipient gap", 0);
        b.AssertZeroWhen(none, gap - recipient + count, "recipient gap", 1);
        for (int i = 0; i < 2; i++) b.AssertZeroWhen(one - credits - none + fresh, b.Local(RecipientGap + i), "recipient gap", 2 + i);
    }

    private static TValue Sum(ref TBuilder b, int limbs)
    {
        TValue sum = b.Local(limbs);
        for (int i = 1; i < Limbs.Count; i++) sum += b.Local(limbs + i);
        return sum;
    }

    private static TValue Gap(ref TBuilder b, int limbs) => b.Local(limbs) + b.Constant(Limbs.Radix) * b.Local(limbs + 1);
}
