using System.Buffers;

namespace Prozchain.Sharding.State;

/// <summary>
/// A map from 256-bit keys to byte strings whose whole content one 32-byte root commits to, with room for one proposed
/// batch beside the committed content.
/// </summary>
/// <remarks>
/// The root is a function of the set of pairs alone, whatever the order and the batches in which they came. It is that
/// of the binary prefix trie in docs/formats/sharding-state.md. Reading, proving and <see cref="Root"/> see committed
/// content only. One caller at a time while staging, committing or proving; otherwise reads may be concurrent.
/// </remarks>
public interface IAuthenticatedStore
{
    /// <summary>Length in bits, 0 to 255, of the prefix that all keys share: the root's depth in the tree of the whole state.</summary>
    int RootDepth { get; }

    /// <summary>Root of the committed content; zero when empty.</summary>
    Digest Root { get; }

    /// <summary>Looks a key up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value, when the result is true; valid until the next staging or commit.</param>
    bool TryGet(in Digest key, out ReadOnlySpan<byte> value);

    /// <summary>Proposes a batch, in place of any proposed before. Unless the result is Ok, nothing is proposed then.</summary>
    /// <param name="writes">The updates; each key at most once, in any order.</param>
    /// <param name="root">The root that the batch would give, when the result is <see cref="StageResult.Ok"/>.</param>
    /// <exception cref="ArgumentException">A key occurs twice or lies outside the store's prefix, or a value is too long.</exception>
    StageResult TryStage(ReadOnlySpan<StateWrite> writes, out Digest root);

    /// <summary>As <see cref="TryStage"/>, where a refusal would be the caller's mistake.</summary>
    /// <param name="writes">The updates; each key at most once, in any order.</param>
    /// <exception cref="ArgumentException">A key occurs twice or lies outside the store's prefix, or a value is too long.</exception>
    /// <exception cref="InvalidOperationException">The batch is refused.</exception>
    Digest Stage(ReadOnlySpan<StateWrite> writes) => TryStage(writes, out Digest root) is var result && result == StageResult.Ok
        ? root : throw new InvalidOperationException($"Expected a batch that the store can take, got {result}.");

    /// <summary>Makes the proposed batch part of the committed content; without one, does nothing.</summary>
    void Commit();

    /// <summary>Proves, against <see cref="Root"/>, what the committed content holds under a key, or that it holds nothing.</summary>
    /// <param name="key">The key.</param>
    StateProof Prove(in Digest key);

    /// <summary>
    /// Writes a witness: what a verifier needs to read some keys, write them and know the root after
    /// (<see cref="WitnessStore"/>). Each node is in it once.
    /// </summary>
    /// <param name="keys">The keys that are read or written, in any order.</param>
    /// <param name="deletes">Those that may be deleted, which takes a little more; they need not be among the keys.</param>
    /// <param name="output">Receives the encoding (docs/formats/sharding-witness.md).</param>
    void WriteWitness(ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output);

    /// <summary>
    /// Writes all pairs in a range of keys, with the proof that there are no others (<see cref="StateRange"/>): the whole
    /// of it, or as much as fits.
    /// </summary>
    /// <param name="from">The first key of the range.</param>
    /// <param name="to">The last key of the range, itself in it.</param>
    /// <param name="maxBytes">Bytes of pairs after which to stop; at least one pair is written if there is one.</param>
    /// <param name="output">Receives the encoding (docs/formats/sharding-witness.md).</param>
    /// <returns>The last key that is covered: <paramref name="to"/>, or where to go on after.</returns>
    Digest WriteRange(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output);
}
