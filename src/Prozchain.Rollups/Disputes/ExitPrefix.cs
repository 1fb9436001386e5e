using System.Numerics;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Disputes;

/// <summary>The exit roots over the first leaves of a batch, one after the other: of every height it holds the last complete subtree.</summary>
internal sealed class ExitPrefix
{
    private readonly Digest32[] _complete = new Digest32[64];
    private ulong _count;

    /// <summary>The root over the leaves so far; zero before the first.</summary>
    public Digest32 Root { get; private set; }

    /// <summary>Adds the next leaf.</summary>
    public void Append(Digest32 leaf)
    {
        int level = 0;
        for (; (_count >> level & 1) != 0; level++) leaf = Hashing.Pair(_complete[level], leaf);
        _complete[level] = leaf;
        _count++;
        Root = BitOperations.IsPow2(_count) ? leaf : Fill();
    }

    // From the first free place up: what is right of it is empty.
    private Digest32 Fill()
    {
        Digest32 node = default, empty = default;
        for (int level = 0; level < 64 - BitOperations.LeadingZeroCount(_count); level++)
        {
            node = (_count >> level & 1) != 0 ? Hashing.Pair(_complete[level], node) : Hashing.Pair(node, empty);
            empty = Hashing.Pair(empty, empty);
        }
        return node;
    }
}
