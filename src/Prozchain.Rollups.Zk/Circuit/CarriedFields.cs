namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What holds from a posted row to the next: token, fee token, and the fee as it was posted.</summary>
internal readonly record struct CarriedFields(uint Token, uint FeeToken, (UInt128 Mantissa, int Exponent) FeePosted)
{
    /// <summary>The fee.</summary>
    public UInt128 Fee => Times(FeePosted);

    /// <summary>As <see cref="PaymentWriter"/> carries it.</summary>
    public (uint Token, uint FeeToken, UInt128 Fee) Numbers => (Token, FeeToken, Fee);

    /// <summary>As <see cref="FullRowWriter{TField}"/> carries it: tokens, exponent, limbs of 14 bits.</summary>
    public uint[] Limbs()
    {
        var stands = new uint[FullRowColumns.Carried];
        (stands[0], stands[1], stands[2]) = (Token, FeeToken, (uint)FeePosted.Exponent);
        for (int i = 0; i < FullRowColumns.FeeLimbs; i++) stands[3 + i] = (uint)(FeePosted.Mantissa >> (14 * i)) & 0x3FFF;
        return stands;
    }

    /// <summary>What holds behind a row.</summary>
    public CarriedFields Behind(in PostedFields row) => new(row.Has(PaymentColumns.HasToken) ? row.Token : Token, row.Has(PaymentColumns.HasFeeToken) ? row.FeeToken : FeeToken,
        row.Has(PaymentColumns.HasFee) ? row.Fee : FeePosted);

    /// <summary>The payment that a row means behind which this holds.</summary>
    /// <param name="row">The row's fields.</param>
    /// <param name="exponent">The least exponent of plain rows.</param>
    public PostedPayment Payment(in PostedFields row, int exponent) => new()
    {
        Kind = row.Kind, ByKey = row.Has(PaymentColumns.HasKey), Sender = row.Sender, Sponsor = row.Has(PaymentColumns.HasSponsor) ? row.Sponsor + 1 : 0, To = row.To,
        Skip = row.Skip, SponsorSkip = row.SponsorSkip, Token = row.Kind < 2 ? Token : 0, FeeToken = FeeToken, Fee = Fee, Tail = row.Tail,
        Amount = row.Kind >= 2 ? 0 : row.IsFull ? Times(row.Amount) : Times((row.Code >> 3, exponent + (int)(row.Code & 7))),
    };

    private static UInt128 Times((UInt128 Mantissa, int Exponent) number)
    {
        UInt128 product = number.Mantissa;
        for (int i = 0; i < number.Exponent; i++) product *= 10;
        return product;
    }
}
