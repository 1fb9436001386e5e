namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The columns of <see cref="FullRowAir"/>, and its public values.</summary>
internal static class FullRowColumns
{
    // Whether the row is one; the byte's place in the data, its low seven bits and its high one; the transaction; whether the byte is
    // the first behind a code, and the last of the posted row.
    public const int Real = 0, Offset = 1, Low = 2, More = 3, Transaction = 4, First = 5, Closes = 6;

    // Which field: one of fifteen, in the order of RowField from Kind on, which is that of the bytes.
    public const int Kind = 7, Recipient = 8, AmountE = 9, AmountM = 10, FeeE = 11, FeeM = 12, PaidToken = 13, FeeToken = 14, Sponsor = 15, KeySkip = 16,
        SponsorSkip = 17, Address = 18, PayloadLength = 19, Payload = 20, NewKey = 21;

    // Which fields are there and not behind this byte: an amount, a fee, a payload with its length are one each. In the order of the bytes.
    public const int Left = 22, Groups = 12;

    // The kind: none of three for a transfer.
    public const int Withdraws = Left + Groups, Sends = Withdraws + 1, Rotates = Sends + 1;

    // On the first byte: To is 0; it is, and the row a transfer; how many ways mask, kind and To do not go together.
    public const int NoTo = Rotates + 1, ByKey = NoTo + 1, Bad = ByKey + 1;

    // As in the parser: the place in a part, or in a word of a key; the part; its limbs.
    public const int At = Bad + 1, One = At + 6, Two = One + 1, Limb = Two + 1;

    // Of varints: they go on within the part, into the next part; the first byte; that and the last too; that of a number that must not be 0.
    public const int Goes = Limb + 3, Turns = Goes + 1, Begins = Turns + 1, Alone = Begins + 1, Owed = Alone + 1;

    // Last bytes that bounds leave: the bound there is 2, 4; of a payload's length. The length's last byte; whether it is not 0.
    public const int Edge2 = Owed + 1, Edge4 = Edge2 + 1, EdgeLength = Edge4 + 1, Sized = EdgeLength + 1, Filled = Sized + 1;

    // A word's last byte, of a key's word; whether the word's top byte is 127; words or bytes of the payload behind this one; there are none.
    public const int WordEnds = Filled + 1, KeyWord = WordEnds + 1, Peak = KeyWord + 1, Rest = Peak + 1, Zeros = Rest + 1;

    // The exponent of a row's first byte; no bit of the mask is set there; the exponent is below those of plain rows.
    public const int Leads = Zeros + 1, Bare = Leads + 1, Below = Bare + 1;

    // What stands before this byte from the rows before: token, fee's token, fee as exponent and nine limbs. It is said that the fee is the
    // same; the fee's mantissa has a part here that is whole, its last; that part is the same; the fee is.
    public const int WasToken = Below + 1, WasFeeToken = WasToken + 1, WasExponent = WasFeeToken + 1, WasFee = WasExponent + 1, Alike = WasFee + FeeLimbs, FeePart = Alike + 1,
        FeeEnds = FeePart + 1, SamePart = FeeEnds + 1, SameFee = SamePart + 1;

    /// <summary>Limbs of a fee, and how many values stand from row to row.</summary>
    public const int FeeLimbs = 9, Carried = 3 + FeeLimbs;

    // Inverses of what must not be 0, or be told from 0; what is asked to be below 2^15; whether the part is told.
    public const int Inverse = SameFee + 1, Other = Inverse + 1, Asked = Other + 1, Told = Asked + 1;

    // The fault shown here, as RowFault has them; a key's word has two: its top byte is 128 or more, or it is 127 and others are not 0.
    public const int Short = Told + 1, Large = Short + 1, Long = Large + 1, Zero = Long + 1, Amount = Zero + 1, Form = Amount + 1, Plain = Form + 1, Same = Plain + 1,
        Nothing = Same + 1, Repeated = Nothing + 1, WordTop = Repeated + 1, WordRest = WordTop + 1;

    // Rows before this one, in this segment: as many as the parser called before.
    public const int Ordinal = WordRest + 1;

    public const int Width = Ordinal + 1;

    // Public values: bytes posted; 1, or 0 for a batch with a fault; what stands from the rows before the segment, and behind it.
    public const int Length = 0, Live = 1, Before = 2, After = Before + Carried, PublicValues = After + Carried;
}
