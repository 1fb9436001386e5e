namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The columns of <see cref="SpongeAir"/>, and the places of its public values. A lane of Keccak is 4 limbs of 16 bits, the lowest first.</summary>
internal static class SpongeColumns
{
    // What a segment hands to the next, of the last block: whether it is the first and the last of its chunk, and the last of all; where
    // its data starts in the posted bytes; bytes of its chunk from there on, if the chunk is full; the chunk; whether the row is none
    // but what is behind a chunk's last block; the state before, and the rate's part of it with the block in it.
    public const int Start = 0, End = 1, Final = 2, Offset = 3, Left = 4, Chunk = 5, Ended = 6, Before = 7, Absorbed = Before + StateLimbs;

    /// <summary>How many columns those are: they are the first ones.</summary>
    public const int Boundary = Absorbed + RateLimbs;

    // Whether the row is a block; bytes of data in it; its number in the segment; whether its state is permuted, which the next row has
    // then; whether the row is the first behind a chunk's last block: it has the hash.
    public const int Real = Boundary, Count = Real + 1, Block = Count + 1, Permutes = Block + 1, Hash = Permutes + 1;

    public const int Width = Hash + 1;

    /// <summary>Limbs of the state, of the part that a block goes into, of a hash.</summary>
    public const int StateLimbs = 100, RateLimbs = 68, HashLimbs = 16;

    /// <summary>Bytes and lanes of a block.</summary>
    public const int Rate = 136, RateLanes = 17;

    /// <summary>What a chunk's hash starts with (rollups-chunks).</summary>
    public const byte Prefix = 0x13;

    // Public values: the first row, the last one; whether there are bytes; how many.
    public const int First = 0, Last = Boundary, IsPresent = 2 * Boundary, Length = IsPresent + 1, PublicValues = Length + 1;
}
