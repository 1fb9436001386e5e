namespace Prozchain.Zk.Hashing;

/// <summary>
/// A hash function with 32 bytes of output: one-shot as a static member, incremental as a value that holds the state.
/// The family interface; trees and transcripts are generic over it.
/// </summary>
/// <remarks>
/// Owed: one-shot and incremental hashing of the same bytes agree, however the bytes are split. After a first use
/// nothing allocates but <see cref="Create"/>. A state is not thread-safe, and is not copied once in use: the copy may
/// share what lies behind it.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IDigest<TSelf> : IDisposable where TSelf : struct, IDigest<TSelf>
{
    /// <summary>Hashes the input and writes 32 bytes to the start of the destination, which may overlap the input.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    static abstract void Hash(ReadOnlySpan<byte> input, Span<byte> destination);

    /// <summary>Hashes messages that lie one after the other: in lanes where the type has them, else one by one.</summary>
    /// <param name="messages">All messages.</param>
    /// <param name="length">Bytes of each.</param>
    /// <param name="digests">32 bytes for each message, in their order. May not overlap the messages.</param>
    /// <exception cref="ArgumentException">The two lengths speak of different numbers of messages, or the spans overlap.</exception>
    static virtual void HashMany(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        BatchGuard.RequireMany(messages, length, digests);
        for (int i = 0; i * DigestGuard.Size < digests.Length; i++)
            TSelf.Hash(messages.Slice(i * length, length), digests.Slice(i * DigestGuard.Size, DigestGuard.Size));
    }

    /// <summary>An empty state. A default value is not usable.</summary>
    static abstract TSelf Create();

    /// <summary>Appends to the input.</summary>
    void Append(ReadOnlySpan<byte> input);

    /// <summary>Writes the 32-byte digest of everything appended since the start, and starts over.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 32 bytes.</exception>
    void Finish(Span<byte> destination);
}
