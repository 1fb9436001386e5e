namespace Prozchain.Zk.Hashing;

/// <summary>
/// A digest that hashes many messages of one length at once, as many in parallel lanes as the machine has. Trees hash
/// their leaves and their levels through this.
/// </summary>
/// <remarks>
/// Owed: each digest equals <see cref="IDigest{TSelf}.Hash"/> of its message, on every machine. Nothing allocates.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IBatchDigest<TSelf> : IDigest<TSelf> where TSelf : struct, IBatchDigest<TSelf>
{
    /// <summary>Messages of a tile.</summary>
    const int TileRows = 16;

    /// <summary>
    /// Hashes sixteen messages of 32-bit words that lie in lanes: word w of message i at 16w + i, as sixteen rows of a
    /// column-major matrix do. A word stands for its four bytes, little-endian.
    /// </summary>
    /// <param name="words">A multiple of <see cref="TileRows"/> words.</param>
    /// <param name="digests">Sixteen digests of 32 bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    static abstract void HashTile(ReadOnlySpan<uint> words, Span<byte> digests);
}
