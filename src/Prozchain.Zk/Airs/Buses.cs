using Prozchain.Zk.Air;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The buses of the AIRs shipped. A receiving row of a lookup vouches for a fact, and any table may ask for it, any number of
/// times. A word of 32 or 64 bits crosses as limbs of 16 bits, the lowest first.
/// </summary>
public static class Buses
{
    /// <summary>(value): it is a byte.</summary>
    public static Bus ByteRange { get; } = new("byte range", 1, BusKind.Lookup);

    /// <summary>(operation, a, b, c): c is the xor (operation 0) or the and (operation 1) of bytes a and b.</summary>
    public static Bus Bytes { get; } = new("bytes", 4, BusKind.Lookup);

    /// <summary>(operation, a, b, c) with words of 32 bits as four bytes each, the lowest first: as <see cref="Bytes"/>.</summary>
    public static Bus Words { get; } = new("words", 13, BusKind.Lookup);

    /// <summary>
    /// (h, m, t, length, flags, output), 16 + 32 + 4 + 2 + 2 + 16 limbs: output is the truncated output of the BLAKE3
    /// compression. The limbs of m are vouched for only if who asks keeps them in 16 bits.
    /// </summary>
    public static Bus Blake3 { get; } = new("blake3 compression", 72, BusKind.Lookup);

    /// <summary>
    /// (hash of the file, first chunk, chunks, chaining value), 16 + 1 + 1 + 16: a node of the BLAKE3 tree of a file, sent
    /// once by whoever makes it and received once by its parent. The hash, which is public, keeps the files of one proof apart.
    /// </summary>
    public static Bus Blake3Nodes { get; } = new("blake3 nodes", 34, BusKind.Permutation);

    /// <summary>
    /// (h, m, output), 16 + 32 + 16 limbs: the SHA-256 compression of FIPS 180-4, m as 16 words in order. The limbs of m
    /// are vouched for only if who asks keeps them in 16 bits.
    /// </summary>
    public static Bus Sha256 { get; } = new("sha-256 compression", 64, BusKind.Lookup);

    /// <summary>
    /// (hash of the file, its bytes, blocks before, state), 16 + 1 + 1 + 16: the state between two blocks of a file, sent once by the
    /// table of those before and received once by that of those after. The hash, which is public, keeps the files of one proof apart.
    /// </summary>
    public static Bus Sha256States { get; } = new("sha-256 states", 34, BusKind.Permutation);

    /// <summary>(input, output), 100 limbs each: Keccak-f[1600], lane (x, y) at x + 5y.</summary>
    public static Bus Keccak { get; } = new("keccak-f", 200, BusKind.Lookup);

    /// <summary>(input, output), 16 elements each: Poseidon2 of width 16 over the proof's field.</summary>
    public static Bus Poseidon2 { get; } = new("poseidon2 width 16", 32, BusKind.Lookup);

    /// <summary>(value): it has at most as many bits as the name says.</summary>
    /// <param name="bits">1 to 30.</param>
    public static Bus Range(int bits) => new($"range {bits}", 1, BusKind.Lookup);
}
