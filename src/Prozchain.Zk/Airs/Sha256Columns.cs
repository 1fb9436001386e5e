namespace Prozchain.Zk.Airs;

/// <summary>The columns of <see cref="Sha256CompressionAir"/>. Row t of 64 holds the state before round t and words t to t + 15 of the schedule.</summary>
internal static class Sha256Columns
{
    // The state: six words as bits, d and h as limbs.
    public const int A = 0, B = 32, C = 64, E = 96, F = 128, G = 160, D = 192, H = 194;

    // The window of the schedule: its words 1 and 14 as bits, the others as limbs.
    public const int Window1 = 196, Window14 = 228, Window = 260;

    // Limbs: the functions of the round and the schedule, and the new a and e.
    public const int Sigma0 = 288, Sigma1 = 290, BigSigma1 = 292, Choice = 294, BigSigma0 = 296, Majority = 298, NewA = 300, NewE = 302;

    // Carries in bits, those of the low limb first: three bits each for a and e, two for the schedule.
    public const int CarryA = 304, CarryE = 310, CarryWindow = 316;

    // Limbs, the same on all rows: the input state and the output.
    public const int Input = 320, Output = 336;

    // Two words of the output, on the rows that compute them, as bits, and on row 0 words 3 and 7 of the input; the carries of their limbs.
    public const int First = 352, Second = 384, CarryFirst = 416, CarrySecond = 418;

    public const int Count = 420, Width = 421;

    /// <summary>Word t + i of the schedule.</summary>
    public static WordCells WordW(int i) => i switch
    {
        0 => WordCells.Limbs(Window),
        1 => WordCells.Bits(Window1),
        14 => WordCells.Bits(Window14),
        15 => WordCells.Limbs(Window + 26),
        _ => WordCells.Limbs(Window + 2 * (i - 1)),
    };

    /// <summary>Word i of the state, a to h.</summary>
    public static WordCells State(int i) => i switch
    {
        0 => WordCells.Bits(A),
        1 => WordCells.Bits(B),
        2 => WordCells.Bits(C),
        3 => WordCells.Limbs(D),
        4 => WordCells.Bits(E),
        5 => WordCells.Bits(F),
        6 => WordCells.Bits(G),
        _ => WordCells.Limbs(H),
    };
}
