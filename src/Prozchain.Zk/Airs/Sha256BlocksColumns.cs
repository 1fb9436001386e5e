namespace Prozchain.Zk.Airs;

/// <summary>
/// The columns of <see cref="Sha256BlocksAir"/>. Row r of eight does rounds 8r to 8r + 7. The new a and e of every round and the
/// words of the schedule are bits, which the rounds of the row share: b, c, d, f, g and h are earlier a and e.
/// </summary>
internal static class Sha256BlocksColumns
{
    public const int Rounds = 8;

    // What each round makes, and the word that it takes.
    public const int A = 0, E = A + 32 * Rounds, W = E + 32 * Rounds;

    // The state before the row: a, b, c and e, f, g as bits, d and h as limbs.
    public const int BeforeA = W + 32 * Rounds, BeforeE = BeforeA + 96, D = BeforeE + 96, H = D + 2;

    // Limbs, the same on all eight rows: the state before the block.
    public const int Input = H + 2;

    // Limbs of sigma 1 of each word; and for each word of the next row what words of this row and the one before give to it,
    // where a limb may be up to three times as large.
    public const int Sigma1 = Input + 16, Partial = Sigma1 + 2 * Rounds;

    // Two cells for each carry, four for each round: those of the low limb first. Rows 0 and 1 make no words: the cells of the
    // schedule there are the bits of words 3 and 7 of the input.
    public const int CarryE = Partial + 2 * Rounds, CarryA = CarryE + 4 * Rounds, CarryW = CarryA + 4 * Rounds;

    // Bits: the carries of the state after the block, on its last row.
    public const int CarryOut = CarryW + 4 * Rounds;

    public const int Width = CarryOut + 16;

    /// <summary>The a, or e, after a round of the row; rounds -1 to -4 are the row's before.</summary>
    public static WordCells Made(bool isE, int round) => round switch
    {
        >= 0 => WordCells.Bits((isE ? E : A) + 32 * round),
        >= -3 => WordCells.Bits((isE ? BeforeE : BeforeA) + 32 * (-1 - round)),
        _ => WordCells.Limbs(isE ? H : D),
    };

    /// <summary>Word i of the state before the row, a to h.</summary>
    public static WordCells Before(int i) => Made(i >= 4, -1 - (i & 3));

    /// <summary>Word i of the state after the row, a to h.</summary>
    public static WordCells After(int i) => Made(i >= 4, Rounds - 1 - (i & 3));

    public static WordCells WordW(int i) => WordCells.Bits(W + 32 * i);

    public static WordCells WordInput(int i) => WordCells.Limbs(Input + 2 * i);
}
