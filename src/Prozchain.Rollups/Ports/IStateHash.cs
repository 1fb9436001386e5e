namespace Prozchain.Rollups.Ports;

/// <summary>The hash of the state's tree and of its keys: Keccak-256 (<see cref="State.KeccakTree"/>), or the hash of a proof system's circuit.</summary>
/// <remarks>
/// Static, because a hash has no state and stands in the innermost loop, where the compiler then sees it; of many
/// messages at once, because a tree is hashed level by level. An implementer owes: the digest depends on domain and
/// message alone, for ever and on every machine; collisions cannot be found, over all domains and lengths together, where
/// a digest could stand in the same place of a tree; no message that anyone can find has the digest of 32 zero bytes,
/// which stands for nothing; never throws; allocates nothing once a thread is warm; safe from many threads. A leaf may have
/// the digest of its value where that says the key (<see cref="BindsKey"/>).
/// </remarks>
public interface IStateHash
{
    /// <summary>Hashes messages of one length that lie one after another.</summary>
    /// <param name="domain">What the messages are: a tag that goes into the hash before each.</param>
    /// <param name="messages">As many times <paramref name="length"/> bytes as there are digests.</param>
    /// <param name="length">Bytes of a message, 0 to 1,024.</param>
    /// <param name="digests">32 bytes for each message. Does not overlap the messages.</param>
    static abstract void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests);

    /// <summary>
    /// Whether a leaf's digest tells under which key the leaf stands, if this is its value. Of a leaf that does not, others
    /// could say that it stands elsewhere, so that a witness that shows one is refused.
    /// </summary>
    /// <param name="key">The key, 32 bytes, as someone says.</param>
    /// <param name="value">The value, or nothing where only its hash is shown.</param>
    static virtual bool BindsKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => true;
}
