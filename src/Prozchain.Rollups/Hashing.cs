using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>Every hash of this package is Keccak-256 over an input that starts with a tag of its own domain.</summary>
internal static class Hashing
{
    public const byte LeafTag = 0x00, InnerTag = 0x01, ValueTag = 0x02;
    public const byte TraceLeafTag = 0x10, TraceInnerTag = 0x11, TraceEmptyTag = 0x12;
    public const byte AccountKeyTag = 0x20;

    public static Bytes32 Keccak(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        Keccak256.Hash(input, digest);
        return new Bytes32(digest);
    }

    public static Bytes32 Tagged(byte tag, in Bytes32 a)
    {
        Span<byte> input = stackalloc byte[1 + Bytes32.Size];
        input[0] = tag;
        a.Span.CopyTo(input[1..]);
        return Keccak(input);
    }

    public static Bytes32 Tagged(byte tag, in Bytes32 a, in Bytes32 b)
    {
        Span<byte> input = stackalloc byte[1 + 2 * Bytes32.Size];
        input[0] = tag;
        a.Span.CopyTo(input[1..]);
        b.Span.CopyTo(input[(1 + Bytes32.Size)..]);
        return Keccak(input);
    }
}

/// <summary>The hashes of the tree over a batch's intermediate roots.</summary>
internal readonly struct TraceHash : IMerkleHash
{
    public static Bytes32 Empty { get; } = Hashing.Keccak([Hashing.TraceEmptyTag]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => Hashing.Tagged(Hashing.TraceLeafTag, new Bytes32(data));

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => Hashing.Tagged(Hashing.TraceInnerTag, left, right);
}
