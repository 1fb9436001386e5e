using Prozchain.Rollups.Ports;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.State;

/// <summary>
/// The hash of a state that a circuit follows (docs/formats/rollups-zk-state.md): one permutation for an inner node, one for
/// the record of a numbered account, and none for its leaf. Digests are 8 words, big-endian, below the modulus of KoalaBear.
/// </summary>
/// <remarks>
/// The leaf of a numbered account has the digest of its record, which names the number; what else a digest stands for is
/// told by the part of the permutation that it is cut from, and by its place in the tree. Sixteen messages at once, in
/// vector lanes: give it many. Allocates its buffers once for each thread.
/// </remarks>
/// <typeparam name="TPermutation">The permutation, of width 16 over KoalaBear: Poseidon1 or Poseidon2.</typeparam>
public readonly struct PoseidonTree<TPermutation> : IStateHash where TPermutation : struct, IPermutation<F>
{
    [ThreadStatic]
    private static TreeLanes<TPermutation>? s_lanes;

    /// <inheritdoc/>
    public static void HashMany(byte domain, ReadOnlySpan<byte> messages, int length, Span<byte> digests) =>
        (s_lanes ??= new TreeLanes<TPermutation>()).Hash(domain, messages, length, digests);

    /// <inheritdoc/>
    /// <remarks>Under the key of a number only the account's record, as it is written, which has that number.</remarks>
    public static bool BindsKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        !TreeMessage.IsNumber(key) || TreeMessage.IsRecordUnder(key, value);
}
