namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="WideAmountAir"/>.</summary>
internal static class WideAmountColumns
{
    /// <summary>What the row is: the mantissa without its last digit, the mantissa, or it times a power of ten.</summary>
    public const int IsQuotient = 0, IsMantissa = 1, IsProduct = 2;

    /// <summary>Whether it is the amount's last row.</summary>
    public const int IsEnd = 3;

    /// <summary>What the amount is asked for with; times ten still to come behind the mantissa; inverse of that, in a quotient's row of its limbs' sum.</summary>
    public const int Shown = 4, Left = 5, Inverse = 6;

    /// <summary>In a quotient's row: the mantissa's last digit, whether it is 0, and whether that is so because the exponent is 30.</summary>
    public const int Digit = 7, IsZero = 8, IsTop = 9;

    /// <summary>In a mantissa's row: whether it is in a plain row's code, and the code's lowest 3 bits.</summary>
    public const int IsPlain = 10, Step = 11;

    /// <summary>The mantissa or code: 9 limbs of 14 bits, the lowest first.</summary>
    public const int Posted = 12, PostedLimbs = 9, PostedBits = 14;

    /// <summary>In the mantissa's row, of the posted limbs 1 to 7, the bits that belong to the limb of 15 bits below.</summary>
    public const int Low = 21;

    public const int Value = 28;

    /// <summary>Out of limbs 0 to 6 of what the next row holds.</summary>
    public const int Carry = 36;

    /// <summary>How often the amount is asked for.</summary>
    public const int Asked = 43;

    public const int Width = 44;
}
