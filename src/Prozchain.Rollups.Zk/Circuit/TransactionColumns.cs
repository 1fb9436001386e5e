namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="TransactionAir"/>.</summary>
internal static class TransactionColumns
{
    /// <summary>
    /// What the row is: a payment that is valid, one that is not, the fee that a sponsor pays, or that the sender pays in another token than 0; a deposit
    /// that is credited, or one that is sent back.
    /// </summary>
    public const int IsValid = 0, IsDead = 1, IsSponsorFee = 2, IsOwnFee = 3, IsDeposited = 4, IsReturned = 5, Roles = 6;

    /// <summary>Running numbers: of the row, of the transaction, of accounts, of effects that leave.</summary>
    public const int Row = 6, Transaction = 7, Accounts = 8, Exits = 9;

    /// <summary>The payment's kind, one of four; a deposit is like a transfer.</summary>
    public const int IsTransfer = 10, IsWithdraw = 11, IsMessage = 12, IsRotate = 13, Kinds = 4;

    /// <summary>The payment as it was posted, but for the sender's nonce; from the kind to the nonce, rows of one payment are alike.</summary>
    public const int ByKey = 14, Sender = 15, Sponsor = 16, To = 17, Skip = 18, SponsorSkip = 19, TokenNumber = 20, FeeToken = 21, Amount = 22, Fee = 30, Tail = 38, Nonce = 46;

    /// <summary>Whether there is a sponsor, a token other than 0, an amount and a fee; the inverses that show it.</summary>
    public const int Has = 48, HasSponsor = 48, HasToken = 49, HasFeeToken = 50, HasAmount = 51, HasFee = 52, Inverses = 53, Tests = 5;

    /// <summary>Whose cells the row is about; a number of 2 limbs that shows whether the account is there, or that its index is beyond all.</summary>
    public const int Party = 58, PartyGap = 59;

    /// <summary>Why a payment is not valid, one of five; whether it is for its sponsor.</summary>
    public const int IsUnknown = 61, IsUsedUp = 62, IsPoor = 63, IsSameKey = 64, IsJudged = 65, Reasons = 5, OfSponsor = 66;

    /// <summary>Whose signature ends after two blocks, after three, or goes on with the payload.</summary>
    public const int ShortSigned = 67, TailSigned = 68, MessageSigned = 69;

    public const int SignerKey = 70, Randomness = 78, First = 82, Second = 90, Third = 98, Digest = 106;

    /// <summary>The change of slot 0: of a record, what shows that a payment is not valid, or of a deposit's supply.</summary>
    public const int Hashed0 = 114, Token0 = 115, Amount0 = 116, Nonce0 = 124, Index0 = 126, Skip0 = 127, Version0 = 128;

    /// <summary>What becomes of amount and fee.</summary>
    public const int Works = 129, Pays = 130, IsShort = 131, NoRecipient = 132, Credits = 133, OwnFeeInRecord = 134, SponsorFeeInRecord = 135, PaysFee = 136, FeeIsPaid = 137, OwesOwnFee = 138;

    /// <summary>Who gets the amount, and whether the account is there; whether it is by key; whether it is made, here or at all in this segment.</summary>
    public const int Recipient = 139, RecipientGap = 140, KeyCredits = 142, IsFresh = 143, IsCreated = 144;

    /// <summary>A rotation that takes place, how often its new key is asked for; a message that leaves; a deposit that would make too much of its token.</summary>
    public const int Rotates = 145, RotationAsked = 146, Tells = 147, IsOver = 148;

    public const int Width = 149;
}
