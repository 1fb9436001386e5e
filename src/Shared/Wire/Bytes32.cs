using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// A 32-byte string held by value, so that arrays of digests and keys need no object per entry.
/// Ordered as a byte string; bit 0 is the most significant bit of byte 0.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly struct Bytes32 : IEquatable<Bytes32>, IComparable<Bytes32>
{
    public const int Size = 32;

    private readonly ulong _0, _1, _2, _3;

    public Bytes32(ReadOnlySpan<byte> bytes) => this = MemoryMarshal.Read<Bytes32>(bytes[..Size]);

    public bool IsZero => (_0 | _1 | _2 | _3) == 0;

    [UnscopedRef]
    public ReadOnlySpan<byte> Span => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1));

    /// <summary>Bit <paramref name="index"/> (0 to 255), most significant first.</summary>
    public int Bit(int index) => (Span[index >> 3] >> (7 - (index & 7))) & 1;

    /// <summary>Length in bits, 0 to 256, of the longest common prefix.</summary>
    public static int CommonPrefix(in Bytes32 a, in Bytes32 b)
    {
        if (a._0 != b._0) return Zeros(a._0 ^ b._0);
        if (a._1 != b._1) return 64 + Zeros(a._1 ^ b._1);
        if (a._2 != b._2) return 128 + Zeros(a._2 ^ b._2);
        return a._3 != b._3 ? 192 + Zeros(a._3 ^ b._3) : 8 * Size;
    }

    public bool Equals(Bytes32 other) => _0 == other._0 && _1 == other._1 && _2 == other._2 && _3 == other._3;

    public override bool Equals(object? obj) => obj is Bytes32 other && Equals(other);

    // The contents are digests or hash-derived keys, so any word spreads well. Keys an attacker can choose
    // are mixed all the same, because a prefix of a key is cheap to grind.
    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3);

    public int CompareTo(Bytes32 other)
    {
        int order = Big(_0).CompareTo(Big(other._0));
        if (order == 0) order = Big(_1).CompareTo(Big(other._1));
        if (order == 0) order = Big(_2).CompareTo(Big(other._2));
        if (order == 0) order = Big(_3).CompareTo(Big(other._3));
        return order;
    }

    public override string ToString() => Convert.ToHexStringLower(Span);

    private static int Zeros(ulong word) => System.Numerics.BitOperations.LeadingZeroCount(Big(word));

    private static ulong Big(ulong word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
}
