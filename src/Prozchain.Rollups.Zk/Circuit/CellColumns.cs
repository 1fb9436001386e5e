namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Columns of <see cref="CellAir"/>.</summary>
internal static class CellColumns
{
    /// <summary>What the row is, one of three.</summary>
    public const int IsCount = 0, IsBalance = 1, IsSupply = 2, Kinds = 3;

    /// <summary>The account of a balance with its 4 bytes, the lowest first; the token, and again where the row is a supply.</summary>
    public const int Account = 3, TokenNumber = 4, SupplyToken = 5, AccountBytes = 6;

    /// <summary>What the hash of the key holds after its first block, for a balance; the key.</summary>
    public const int Middle = 10, Key = 18;

    public const int PresentBefore = 26, PresentAfter = 27, ValueBefore = 28, ValueAfter = 36;

    /// <summary>Of limbs 1, 3, 4 and 6, the bits that belong to the lower of two words of 24 bits.</summary>
    public const int LowBefore = 44, LowAfter = 48;

    public const int ValueHashBefore = 52, ValueHashAfter = 60, LeafBefore = 68, LeafAfter = 76;

    public const int LastTime = 84;

    public const int Width = 85;
}
