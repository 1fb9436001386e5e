using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>What the kernels of a tree must do at least, for a bound on their speed.</summary>
/// <param name="Bytes">Read from and written to the device's memory.</param>
/// <param name="Operations">
/// Instructions on integers of 32 bits: additions of up to three terms, logical functions of up to three, shifts, minima, and products of 32
/// by 32 bits with a term of 64. Loads, stores and addresses do not count.
/// </param>
internal readonly record struct HashCost(long Bytes, long Operations)
{
    private const int DigestSize = 32, ElementSize = 4;

    // Montgomery form to integer: two products, a difference, a sum, a minimum.
    private const int Encoding = 5;

    /// <summary>20 for the parities, 10 + 48 shifts, 50 for theta, 50 for chi, 2 for iota.</summary>
    public const int KeccakRound = 180;

    // The last makes 4 lanes of 25.
    private const int KeccakBlock = 23 * KeccakRound + 60;

    /// <summary>Of SHA-256 with its word of the schedule, and of BLAKE3.</summary>
    public const int Sha256Round = Sha256Block / 64, Blake3Round = Blake3Block / 7;

    // As counted in Kernels/sha256.cuh and blake3.cuh. The second block of a pair has a schedule that is known.
    private const int Sha256Block = 1376, Sha256Known = 64 * 14, Sha256Swaps = 16, Blake3Block = 680;

    /// <summary>Of hashing a row.</summary>
    /// <param name="width">Elements.</param>
    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public static HashCost OfRow<TField, TTree>(int width)
        where TField : unmanaged, IField<TField>
    {
        long operations = Kind<TField, TTree>() switch
        {
            "keccak" => (long)(width / 34 + 1) * KeccakBlock + (long)Encoding * width,
            "sha256" => (width + 2L + 16) / 16 * (Sha256Block + Sha256Swaps) + (long)Encoding * width,
            // A row of one chunk has no parents; of more, one less than chunks.
            "blake3" => ((width + 15L) / 16 + (width + 255L) / 256 - 1) * Blake3Block + (long)Encoding * width,
            "poseidon2" => (width + 15L) / 16 * Poseidon2<TField>(24) + 8 * Encoding,
            _ => (width + 15L) / 16 * Poseidon1<TField>(24) + 8 * Encoding,
        };
        return new((long)width * ElementSize + DigestSize, operations);
    }

    /// <summary>Of hashing a pair.</summary>
    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public static HashCost OfNode<TField, TTree>()
        where TField : unmanaged, IField<TField>
    {
        long operations = Kind<TField, TTree>() switch
        {
            "keccak" => KeccakBlock,
            "sha256" => Sha256Block + Sha256Known + Sha256Swaps + 8,
            "blake3" => Blake3Block,
            "poseidon2" => Poseidon2<TField>(16),
            _ => Poseidon1<TField>(16) + (16 + 8) * Encoding,
        };
        return new(3 * DigestSize, operations);
    }

    private static string Kind<TField, TTree>() where TField : unmanaged, IField<TField> => TreeKernels.Of<TField, TTree>().Rows.Module;

    private static (int Partial, int Box) Rounds<TField>(int width)
    {
        // The product of two is one product and two of the division; x^7 has four and a minimum.
        bool isKoala = typeof(TField) == typeof(Field31<KoalaBear>);
        int partial = isKoala ? Of<KoalaBear>() : Of<BabyBear>();
        return (partial, isKoala ? 2 * 3 : 4 * 3 + 2);

        int Of<TParameters>() where TParameters : struct, IField31Parameters =>
            (width == 16 ? PoseidonInstance<TParameters>.Width16 : PoseidonInstance<TParameters>.Width24).PartialRounds;
    }

    private static long Poseidon2<TField>(int width)
    {
        (int partial, int box) = Rounds<TField>(width);
        // Of an element: constant, box and minima in each full round, the external matrix 9 times, the internal one, the last factor.
        return width * (8L * (5 + box) + 9 * 11 + partial * 5 + 5) + partial * (10L + box + 3);
    }

    private static long Poseidon1<TField>(int width)
    {
        (int partial, int box) = Rounds<TField>(width);
        // Two terms of the matrix are two products, a difference and a minimum.
        long rounds = 8 + partial, boxes = 8L * width + partial;
        return rounds * width * (2 * width + 4 + 3) + boxes * (box + 2);
    }
}
