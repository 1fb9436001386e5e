namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="TransactionAir"/>.</summary>
internal static class TransactionColumns
{
    /// <summary>What the row is: a payment that is valid, one that is not, the fee that a sponsor pays, or that the sender pays in another token than 0.</summary>
    public const int IsValid = 0, IsDead = 1, IsSponsorFee = 2, IsOwnFee = 3, Roles = 4;

    /// <summary>Running numbers: of the row, of the payment, of accounts, of effects that leave.</summary>
    public const int Row = 4, Transaction = 5, Accounts = 6, Exits = 7;

    /// <summary>The payment's kind, one of four.</summary>
    public const int IsTransfer = 8, IsWithdraw = 9, IsMessage = 10, IsRotate = 11, Kinds = 4;

    /// <summary>The payment as it was posted, but for the sender's nonce; from the kind to the nonce, rows of one payment are alike.</summary>
    public const int ByKey = 12, Sender = 13, Sponsor = 14, To = 15, Skip = 16, SponsorSkip = 17, TokenNumber = 18, FeeToken = 19, Amount = 20, Fee = 28, Tail = 36, Nonce = 44;

    /// <summary>Whether there is a sponsor, a token other than 0, an amount and a fee; the inverses that show it.</summary>
    public const int Has = 46, HasSponsor = 46, HasToken = 47, HasFeeToken = 48, HasAmount = 49, HasFee = 50, Inverses = 51, Tests = 5;

    /// <summary>Whose cells the row is about; a number of 2 limbs that shows whether the account is there, or that its index is beyond all.</summary>
    public const int Party = 56, PartyGap = 57;

    /// <summary>Why a payment is not valid, one of four; whether it is for its sponsor.</summary>
    public const int IsUnknown = 59, IsUsedUp = 60, IsPoor = 61, IsSameKey = 62, Reasons = 4, OfSponsor = 63;

    /// <summary>Whose signature ends after two blocks, after three, or goes on with the payload.</summary>
    public const int ShortSigned = 64, TailSigned = 65, MessageSigned = 66;

    public const int SignerKey = 67, Randomness = 75, First = 79, Second = 87, Third = 95, Digest = 103;

    /// <summary>The change of slot 0: of a record, or what shows that there is none.</summary>
    public const int Hashed0 = 111, Token0 = 112, Amount0 = 113, Nonce0 = 121, Index0 = 123, Skip0 = 124, Version0 = 125;

    /// <summary>What becomes of amount and fee.</summary>
    public const int Works = 126, Pays = 127, IsShort = 128, NoRecipient = 129, Credits = 130, OwnFeeInRecord = 131, SponsorFeeInRecord = 132, PaysFee = 133, FeeIsPaid = 134, OwesOwnFee = 135;

    /// <summary>Who gets the amount, and whether the account is there; whether it is by key; whether it is made, here or at all in this segment.</summary>
    public const int Recipient = 136, RecipientGap = 137, KeyCredits = 139, IsFresh = 140, IsCreated = 141;

    /// <summary>A rotation that takes place, how often its new key is asked for; a message that leaves.</summary>
    public const int Rotates = 142, RotationAsked = 143, Tells = 144;

    public const int Width = 145;
}
