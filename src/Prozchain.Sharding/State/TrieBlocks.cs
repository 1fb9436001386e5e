using System.Runtime.CompilerServices;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The blocks of a heap trie. A reference is a kind (4 bits: 0 nothing, 1 to 8 a bucket of so many keys, 9 a page) and
/// a block number. Which blocks there are is a function of the content alone: a set of at most eight keys is a bucket,
/// more are a page at the last multiple of four bits at which they still agree.
/// </summary>
/// <remarks>
/// Page, 17 cache lines: 0 what its keys have in common; 1 sixteen references, by the next four bits; 2 to 16 a heap of
/// hashes, node i at 32 i bytes from line 1, so that siblings share a line and a parent is the hash of one line.
/// Bucket of m, m + 1 lines: 0 where the values are; then a line a key, in order: key, leaf hash.
/// </remarks>
internal static unsafe class TrieBlocks
{
    public const int MaxBucket = 8, PageKind = 9, PageUnits = 17, UnitBytes = 64, UnitBits = 6, ValueBits = 4, Fanout = 16, PageBits = 4;

    /// <summary>Units that joining two tries adds at most: a page, and a bucket for each of sixteen keys instead of two for all.</summary>
    public const int MaxJoinUnits = PageUnits + 2 * (MaxBucket - 1);

    private const int KindShift = 28;

    public static int Kind(uint reference) => (int)(reference >> KindShift);

    public static uint Block(uint reference) => reference & ((1u << KindShift) - 1);

    public static uint Reference(int kind, uint block) => (uint)kind << KindShift | block;

    public static int Units(int kind) => kind == PageKind ? PageUnits : kind + 1;

    public static ref Bytes32 Prefix(byte* page) => ref *(Bytes32*)page;

    /// <summary>Bits that the page's keys share, as far as it is a multiple of four.</summary>
    public static ref ushort Depth(byte* page) => ref *(ushort*)(page + 32);

    /// <summary>Keys below.</summary>
    public static ref uint Count(byte* page) => ref *(uint*)(page + 36);

    /// <summary>Bytes of all blocks below and of the page.</summary>
    public static ref long Bytes(byte* page) => ref *(long*)(page + 40);

    public static uint* References(byte* page) => (uint*)(page + UnitBytes);

    public static Bytes32* Node(byte* page, int index) => (Bytes32*)(page + UnitBytes) + index;

    public static uint* Values(byte* bucket) => (uint*)bucket;

    public static ushort* Lengths(byte* bucket) => (ushort*)(bucket + MaxBucket * sizeof(uint));

    public static Bytes32* Key(byte* bucket, int index) => (Bytes32*)(bucket + UnitBytes) + 2 * index;

    public static Bytes32* Leaf(byte* bucket, int index) => Key(bucket, index) + 1;

    /// <summary>The four bits of a key from a multiple of four on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Nibble(Bytes32* key, int depth)
    {
        int pair = ((byte*)key)[depth >> 3];
        return (depth & 4) == 0 ? pair >> 4 : pair & 15;
    }

    /// <summary>Units of 16 bytes that a value of this length occupies: sizes grow by a quarter at least, so that blocks are reused.</summary>
    public static int ValueUnits(int length)
    {
        int units = (length + 15) >> ValueBits;
        if (units <= 8) return units;
        int step = 1 << (System.Numerics.BitOperations.Log2((uint)(units - 1)) - 2);
        return (units + step - 1) & -step;
    }
}
