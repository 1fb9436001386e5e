namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="PaymentAir"/>.</summary>
internal static class PaymentColumns
{
    public const int Used = 0, Transaction = 1, IsFull = 2, IsWithdraw = 3, IsMessage = 4, IsRotate = 5;

    /// <summary>The mask's 8 bits: fee, token, fee token, sponsor, skip, sponsor's skip, kind, key.</summary>
    public const int Mask = 6, HasFee = 6, HasToken = 7, HasFeeToken = 8, HasSponsor = 9, HasSkip = 10, HasSponsorSkip = 11, HasKind = 12, HasKey = 13;

    /// <summary>Limbs of 14 bits: 3 of numbers, 2 of skips.</summary>
    public const int Sender = 14, To = 17, Sponsor = 20, Skip = 23, SponsorSkip = 25;

    /// <summary>Bit 14 of a token that is posted.</summary>
    public const int TokenHigh = 27, FeeTokenHigh = 28;

    /// <summary>What holds from row to row: token, fee token, fee.</summary>
    public const int Carried = 29, TokenNumber = 29, FeeToken = 30, Fee = 31, CarriedCount = 10;

    /// <summary>The code or amount: 9 limbs of 14 bits, whether there are a second part and a third, and as what it is asked for.</summary>
    public const int Posted = 39, Part1 = 48, Part2 = 49, Shown = 50;

    /// <summary>The same of a fee that is posted.</summary>
    public const int FeePosted = 51, FeePart1 = 60, FeePart2 = 61, FeeExponent = 62;

    public const int Amount = 63, IsWide = 71;

    /// <summary>A plain amount's code: d, the mantissa's two limbs, the mantissa without its last digit, that digit, the power of ten, carries as c + 2^13 bit.</summary>
    public const int Step = 72, Mantissa = 73, Quotient = 75, Digit = 77, Power = 78, PowerLimbs = 7, Carry = 85, CarryBit = 92, Carries = 7;

    /// <summary>In the columns of carries, where a full row says a fee or tokens: what shows that they are not those that held before; of the fee's limbs two by two, one of four.</summary>
    public const int FeeChange = Carry, FeePairs = 4, TokenChange = Carry + 4, FeeTokenChange = Carry + 5;

    public const int SponsorInverse = 99, Tail = 100;

    /// <summary>The payment's token: the one that holds, or 0 where there is no amount.</summary>
    public const int AmountToken = 108;

    public const int Width = 109;
}
