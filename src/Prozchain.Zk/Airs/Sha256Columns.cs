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

    /// <summary>K of FIPS 180-4, section 4.2.2.</summary>
    public static ReadOnlySpan<uint> Constants =>
    [
        0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
        0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
        0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
        0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
        0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
        0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
        0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
        0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
    ];
}
