using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// Nodes of trees in memory, a pair in each slot, laid out as the message that their parent hashes: 0x01, left, right
/// and SHA-256's padding, in whole blocks. A node is written to its place once and hashed where it lies.
/// </summary>
/// <param name="isNamed">Nodes are namespaced, 90 bytes; else plain digests, 32 bytes.</param>
internal readonly struct PairSlots(bool isNamed)
{
    /// <summary>Slots that are hashed together.</summary>
    public const int Group = 16;

    private const int Block = Sha256Lanes.BlockSize, DigestSize = NamespacedHash.DigestSize;

    /// <summary>Bytes of a node.</summary>
    public int NodeSize => isNamed ? NamespacedHash.NodeSize : DigestSize;

    /// <summary>Bytes of a slot: three blocks or two.</summary>
    public int Size => isNamed ? 3 * Block : 2 * Block;

    private int MessageSize => 1 + 2 * NodeSize;

    /// <summary>Where a node lies in a slot, 0 left or 1 right.</summary>
    public int Offset(int side) => 1 + side * NodeSize;

    /// <summary>Writes what is the same in every slot.</summary>
    public void Prepare(Span<byte> slots)
    {
        for (; slots.Length >= Size; slots = slots[Size..])
        {
            Span<byte> slot = slots[..Size];
            slot[0] = 1;
            slot[MessageSize..].Clear();
            slot[MessageSize] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(slot[^2..], (ushort)(8 * MessageSize));
        }
    }

    /// <summary>Writes the node of a leaf.</summary>
    public void SetLeaf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> digest, Span<byte> node)
    {
        if (isNamed) NamespacedHash.SetLeafNames(name, node);
        digest.CopyTo(node[(NodeSize - DigestSize)..]);
    }

    /// <summary>
    /// Reduces trees that lie one after the other, each as long as the others, to one slot each, in place; then
    /// writes the roots.
    /// </summary>
    /// <param name="slots">The pairs of leaves.</param>
    /// <param name="trees">How many trees; divides the number of slots, into a power of two.</param>
    /// <param name="roots">A node for each tree.</param>
    [SkipLocalsInit]
    public void ReduceRows(Span<byte> slots, int trees, Span<byte> roots)
    {
        Span<byte> digests = stackalloc byte[Group * DigestSize];
        for (int count = slots.Length / Size; ; count /= 2)
        {
            for (int first = 0; first < count; first += Group)
            {
                int group = Math.Min(Group, count - first);
                Sha256Lanes.HashPadded(slots[(first * Size)..], MessageSize, Size, digests[..(group * DigestSize)]);
                for (int i = 0; i < group; i++)
                {
                    int index = first + i;
                    SetInner(slots.Slice(index * Size, Size), digests.Slice(i * DigestSize, DigestSize),
                        count == trees ? roots[(index * NodeSize)..] : slots[(index / 2 * Size + Offset(index % 2))..]);
                }
            }
            if (count == trees) return;
        }
    }

    /// <summary>
    /// Reduces trees that lie side by side, the pairs of one level of all of them in a row, to one slot each, in place;
    /// then writes the roots.
    /// </summary>
    /// <param name="slots">Rows of slots, as many as a power of two.</param>
    /// <param name="trees">Slots in a row.</param>
    /// <param name="start">The first tree to reduce.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="roots">Receives the node of tree i at byte i × <paramref name="rootStride"/>.</param>
    /// <param name="rootStride">Bytes from one node to the next.</param>
    [SkipLocalsInit]
    public void ReduceColumns(Span<byte> slots, int trees, int start, int end, Span<byte> roots, int rootStride)
    {
        Span<byte> digests = stackalloc byte[Group * DigestSize];
        for (int rows = slots.Length / (trees * Size); rows > 0; rows /= 2)
            for (int row = 0; row < rows; row++)
                for (int first = start; first < end; first += Group)
                {
                    int group = Math.Min(Group, end - first);
                    Span<byte> pairs = slots[((row * trees + first) * Size)..];
                    Sha256Lanes.HashPadded(pairs, MessageSize, Size, digests[..(group * DigestSize)]);
                    for (int i = 0; i < group; i++)
                    {
                        SetInner(pairs.Slice(i * Size, Size), digests.Slice(i * DigestSize, DigestSize),
                            rows == 1 ? roots[((first + i) * rootStride)..] : slots[((row / 2 * trees + first + i) * Size + Offset(row % 2))..]);
                    }
                }
    }

    private void SetInner(ReadOnlySpan<byte> slot, ReadOnlySpan<byte> digest, Span<byte> node)
    {
        if (isNamed) NamespacedHash.SetInnerNames(slot[Offset(0)..], slot[Offset(1)..], node);
        digest.CopyTo(node[(NodeSize - DigestSize)..]);
    }
}
