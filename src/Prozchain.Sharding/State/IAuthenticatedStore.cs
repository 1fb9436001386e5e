namespace Prozchain.Sharding.State;

/// <summary>
/// A map from 256-bit keys to byte strings whose whole content one 32-byte root commits to, with room for one proposed
/// batch beside the committed content.
/// </summary>
/// <remarks>
/// The root is a function of the set of pairs alone, whatever the order and the batches in which they came. It is that
/// of the binary prefix trie in docs/formats/sharding-state.md. Reading, proving and <see cref="Root"/> see committed
/// content only. One caller at a time while staging or committing; otherwise reads may be concurrent.
/// </remarks>
public interface IAuthenticatedStore
{
    /// <summary>Root of the committed content; zero when empty.</summary>
    Digest Root { get; }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value, when the result is true; valid until the next <see cref="Commit"/>.</param>
    bool TryGet(in Digest key, out ReadOnlySpan<byte> value);

    /// <summary>Proposes a batch, in place of any proposed before, and returns the root that it would give.</summary>
    /// <param name="writes">The updates; each key at most once, in any order.</param>
    /// <exception cref="ArgumentException">A key occurs twice, or lies outside the store's prefix.</exception>
    Digest Stage(ReadOnlySpan<StateWrite> writes);

    /// <summary>Makes the proposed batch part of the committed content; without one, does nothing.</summary>
    void Commit();

    /// <summary>Proves, against <see cref="Root"/>, what the committed content holds under a key, or that it holds nothing.</summary>
    /// <param name="key">The key.</param>
    StateProof Prove(in Digest key);
}
