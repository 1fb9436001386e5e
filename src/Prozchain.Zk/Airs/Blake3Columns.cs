namespace Prozchain.Zk.Airs;

/// <summary>
/// The columns of <see cref="Blake3CompressionAir"/>. Row r of eight holds the state before round r; row 7 the state after
/// round 6, and an eighth round that is computed and thrown away.
/// </summary>
internal static class Blake3Columns
{
    // The state: rows of the 4 x 4 matrix; c as limbs, the others as bits.
    public const int A = 0, B = A + 128, D = B + 128, C = D + 128;

    // A half of the mixing function: a as limbs, d as bits, c as limbs, b as bits.
    public const int MixedA = 0, MixedD = 2, MixedC = 34, MixedB = 36, HalfWidth = 68;

    // Both halves of the four columns; the first half of the four diagonals; then a of their second half, as limbs. The
    // rest of that half is the next row's state.
    public const int Column = C + 8, Diagonal = Column + 8 * HalfWidth, LastA = Diagonal + 4 * HalfWidth;

    // Limbs: the message as this round takes it; the input chaining value, and counter, length and flags, the same on all
    // eight rows; the xor of the matrix's first and third row.
    public const int Message = LastA + 8, Chaining = Message + 32, Tail = Chaining + 16, Output = Tail + 8;

    public const int Count = Output + 8, Width = Count + 1;

    public static ReadOnlySpan<byte> Permutation => [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    /// <summary>Where row 7 holds each message word: the place to which seven permutations bring it.</summary>
    public static byte[] LastPlaces { get; } = MakeLastPlaces();

    public static WordCells WordA(int i) => WordCells.Bits(A + 32 * (i & 3));

    public static WordCells WordB(int i) => WordCells.Bits(B + 32 * (i & 3));

    public static WordCells WordC(int i) => WordCells.Limbs(C + 2 * (i & 3));

    public static WordCells WordD(int i) => WordCells.Bits(D + 32 * (i & 3));

    public static WordCells WordM(int i) => WordCells.Limbs(Message + 2 * i);

    private static byte[] MakeLastPlaces()
    {
        var words = new byte[16];
        for (byte i = 0; i < 16; i++) words[i] = i;
        for (int round = 0; round < 7; round++) words = [.. Permutation.ToArray().Select(from => words[from])];
        var places = new byte[16];
        for (byte place = 0; place < 16; place++) places[words[place]] = place;
        return places;
    }
}
