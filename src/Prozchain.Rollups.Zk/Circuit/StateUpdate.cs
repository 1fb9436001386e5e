using System.Buffers;
using Prozchain.Rollups.Transition;
using Prozchain.Rollups.Zk.State;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// What a batch does to the state's tree, as rows of its tables: from the nodes before, which a witness has, and what each key touched holds after. Rows are in
/// the order of the way back from leaves to root.
/// </summary>
internal sealed class StateUpdate
{
    /// <summary>The root, as a child of nothing.</summary>
    public TrieChild Root { get; private set; }

    /// <summary>Rows of <see cref="TrieAir{TCells}"/>.</summary>
    public List<TrieRow> Nodes { get; } = [];

    /// <summary>Rows of <see cref="GrowthAir{TCells}"/>.</summary>
    public List<TrieRow> Growths { get; } = [];

    /// <summary>Rows of <see cref="LeavesAir"/>.</summary>
    public List<AccountLeaf> Accounts { get; } = [];

    /// <summary>Rows of <see cref="CellLeavesAir"/>.</summary>
    public List<CellLeaf> Cells { get; } = [];

    /// <summary>
    /// Accounts that stand in the way of others and are not touched, at most one a batch where numbers are given out in order: among <see cref="Accounts"/>, and a
    /// segment has to take and give their tokens unchanged.
    /// </summary>
    public List<uint> Idle { get; } = [];

    /// <summary>Works out what a batch does.</summary>
    /// <param name="root">The root before.</param>
    /// <param name="witness">Proves every key touched against it.</param>
    /// <param name="touches">In ascending order of keys, each once.</param>
    /// <param name="update">The rows.</param>
    /// <returns>
    /// False if the witness is not of this root or lacks a key touched, if a key touched is neither a number's nor hashed, or would be removed, if two keys have their first 127 bits in common, or
    /// if a digest is not of elements: no proof can be made then.
    /// </returns>
    /// <typeparam name="TPermutation">The permutation of the tree's hash, <see cref="PoseidonTree{TPermutation}"/>.</typeparam>
    public static bool TryBuild<TPermutation>(in Digest32 root, StateWitness witness, ReadOnlySpan<StateTouch> touches, out StateUpdate update)
        where TPermutation : struct, IPermutation<F>
    {
        for (int i = 1; i < touches.Length; i++)
            if (touches[i - 1].Key >= touches[i].Key) throw new ArgumentException("Expected touches in ascending order of keys.", nameof(touches));
        update = new StateUpdate();
        if (!TreeKey.TryReadDigest(root, out Eight before)) return false;
        var bytes = new ArrayBufferWriter<byte>();
        witness.Write(bytes);
        // A version byte; then nothing, if the tree is empty or nobody asks it.
        ReadOnlySpan<byte> nodes = bytes.WrittenSpan[1..];
        var walk = new StateWalk<TPermutation>(update, nodes);
        TrieChild top = TrieChild.Closed(before);
        if (nodes.IsEmpty ? touches.Length > 0 && (!before.Equals(default) || !walk.TryGrow(default, touches, null, out top)) : !walk.TryRead(touches, out top)) return false;
        update.Root = top;
        return top.Before.Equals(before);
    }
}

/// <summary>What a batch leaves under a key that it touches.</summary>
/// <param name="Key">A number's key or a hashed one.</param>
/// <param name="After">The digest of the key's leaf after the batch, which is a numbered account's record's; zeros if there is none.</param>
internal readonly record struct StateTouch(Digest32 Key, Eight After);
