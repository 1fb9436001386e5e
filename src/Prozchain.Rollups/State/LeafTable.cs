using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>
/// The keys and values of a state in flat memory: leaves numbered in the order in which their keys came, a hash index
/// from key to number, short values within the leaves and longer ones in slots of powers of two within one array. Only the youngest leaf can be removed,
/// so that undoing goes backwards. Allocates only to grow.
/// </summary>
internal sealed class LeafTable
{
    /// <summary>A value is at most this many bytes long.</summary>
    public const int MaxValue = 1 << 10;

    /// <summary>Length of a value of which only the hash is known.</summary>
    public const short UnknownValue = -1;

    private const int SmallestSlotBits = 4;

    private Leaf[] _leaves = new Leaf[16];
    private int[] _index = new int[64];
    private byte[] _values = new byte[512];
    private int _valuesEnd;

    // Heads of the lists of free slots, one for each size; a free slot holds the offset of the next, plus one.
    private readonly int[] _free = new int[11 - SmallestSlotBits];

    public int Count { get; private set; }

    public ref Leaf this[int leaf] => ref _leaves[leaf];

    /// <summary>Number of the key's leaf, or -1.</summary>
    public int Find(in Bytes32 key)
    {
        int mask = _index.Length - 1;
        for (int at = key.GetHashCode() & mask; ; at = (at + 1) & mask)
        {
            int leaf = _index[at] - 1;
            if (leaf < 0 || _leaves[leaf].Key.Equals(key)) return leaf;
        }
    }

    public ReadOnlySpan<byte> Value(int leaf) => Room(ref _leaves[leaf], Math.Max((short)0, _leaves[leaf].Length));

    /// <summary>Says that the leaf is about to be read: leaves lie anywhere in memory, and waiting for many at once is one wait.</summary>
    public unsafe void Prefetch(int leaf)
    {
        if (!Sse.IsSupported) return;
        byte* at = (byte*)Unsafe.AsPointer(ref _leaves[leaf]);
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + sizeof(Leaf) - 1);
    }

    /// <summary>Adds a leaf for a key that has none.</summary>
    public int Add(in Bytes32 key, ReadOnlySpan<byte> value)
    {
        if (2 * (Count + 1) > _index.Length) GrowIndex();
        if (Count == _leaves.Length) Array.Resize(ref _leaves, 2 * Count);
        int leaf = Count++;
        _leaves[leaf] = new Leaf { Key = key, Length = (short)value.Length, Offset = Take(SizeClass(value.Length)) };
        value.CopyTo(Room(ref _leaves[leaf], value.Length));
        Enter(leaf);
        return leaf;
    }

    /// <summary>Adds a leaf of whose value the hash alone is known. It is never replaced or removed.</summary>
    public int AddUnknown(in Bytes32 key, in Bytes32 valueHash)
    {
        int leaf = Add(key, valueHash.Span);
        _leaves[leaf].Length = UnknownValue;
        return leaf;
    }

    /// <summary>The hash that <see cref="AddUnknown"/> was given.</summary>
    public Bytes32 UnknownHash(int leaf) => new(_values.AsSpan(_leaves[leaf].Offset, Bytes32.Size));

    public void Replace(int leaf, ReadOnlySpan<byte> value)
    {
        ref Leaf at = ref _leaves[leaf];
        int before = SizeClass(at.Length), after = SizeClass(value.Length);
        if (before != after)
        {
            Give(at.Offset, before);
            at.Offset = Take(after);
        }
        at.Length = (short)value.Length;
        value.CopyTo(Room(ref at, value.Length));
    }

    public void RemoveLast()
    {
        int leaf = --Count, mask = _index.Length - 1;
        Give(_leaves[leaf].Offset, SizeClass(_leaves[leaf].Length));
        int at = _leaves[leaf].Key.GetHashCode() & mask;
        while (_index[at] != leaf + 1) at = (at + 1) & mask;
        // It came last, so no other key was placed behind it.
        _index[at] = 0;
    }

    private static int SizeClass(int length) => length <= 1 << SmallestSlotBits ? 0 : BitOperations.Log2((uint)(length - 1)) + 1 - SmallestSlotBits;

    private void GrowIndex()
    {
        _index = new int[2 * _index.Length];
        for (int i = 0; i < Count; i++) Enter(i);
    }

    private void Enter(int leaf)
    {
        int mask = _index.Length - 1, at = _leaves[leaf].Key.GetHashCode() & mask;
        while (_index[at] != 0) at = (at + 1) & mask;
        _index[at] = leaf + 1;
    }

    private Span<byte> Room(ref Leaf leaf, int length) =>
        SizeClass(length) == 0 ? MemoryMarshal.AsBytes(new Span<UInt128>(ref leaf.Short))[..length] : _values.AsSpan(leaf.Offset, length);

    private int Take(int sizeClass)
    {
        if (sizeClass == 0) return 0;
        int head = _free[sizeClass] - 1;
        if (head >= 0)
        {
            _free[sizeClass] = BitConverter.ToInt32(_values, head);
            return head;
        }
        int size = 1 << (sizeClass + SmallestSlotBits), offset = _valuesEnd;
        if (offset + size > _values.Length) Array.Resize(ref _values, checked(2 * _values.Length + size));
        _valuesEnd += size;
        return offset;
    }

    private void Give(int offset, int sizeClass)
    {
        if (sizeClass == 0) return;
        BitConverter.TryWriteBytes(_values.AsSpan(offset), _free[sizeClass]);
        _free[sizeClass] = offset + 1;
    }

    internal struct Leaf
    {
        public Bytes32 Key;

        /// <summary>The value, if it is of 16 bytes at most.</summary>
        public UInt128 Short;
        public Bytes32 Hash;

        /// <summary>The inner node above, or 0.</summary>
        public int Parent;
        public int Offset;
        public short Length;

        /// <summary>The hash is not that of the value.</summary>
        public bool IsDirty;
    }
}
