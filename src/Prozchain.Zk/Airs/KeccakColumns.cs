namespace Prozchain.Zk.Airs;

/// <summary>
/// The columns of <see cref="KeccakAir"/>: a round a row. Lanes are numbered x + 5y; a lane is 4 limbs or 64 bits, the
/// lowest first. Names as in the Keccak reference, with theta's C, and A' after theta, A'' after chi.
/// </summary>
internal static class KeccakColumns
{
    public const int Rounds = 24;

    // Bits: one for each round.
    public const int Round = 0;

    public const int Count = Round + Rounds;

    // Limbs: the permutation's input, the same on all rounds; the round's input.
    public const int Input = Count + 1, A = Input + 100;

    // Bits: the column parities before and after theta; the state after theta.
    public const int C = A + 100, AfterC = C + 320, AfterA = AfterC + 320;

    // Limbs after chi; lane 0 of them as bits; lane 0 after iota as limbs.
    public const int Chi = AfterA + 1600, Chi0 = Chi + 100, Iota0 = Chi0 + 64;

    public const int Width = Iota0 + 4;

    /// <summary>rho's rotation of each lane.</summary>
    public static ReadOnlySpan<byte> Rotations => [0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14];

    /// <summary>The lane after theta that rho and pi bring to (x, y), for any x: B[y, 2x + 3y] = rot(A'[x, y]).</summary>
    public static int Source(int x, int y) => (x + 3 * y) % 5 + 5 * (x % 5);

    /// <summary>The column after theta of bit z of the lane at (x, y) after rho and pi.</summary>
    public static int Moved(int x, int y, int z)
    {
        int lane = Source(x, y);
        return AfterA + 64 * lane + ((z + 64 - Rotations[lane]) & 63);
    }
}
