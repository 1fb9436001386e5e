using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// Every hash of this package is Keccak-256. Inputs of the trees of state, traces and chunks, and of keys and addresses, start with
/// a tag of their domain. Those that contracts work out as <c>abi.encode</c> gives them have none, nor has <see cref="Pair"/>: their
/// lengths and the heights of their trees tell them apart.
/// </summary>
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

    /// <summary>keccak256(left ‖ right), what <c>keccak256(abi.encode(left, right))</c> gives: trees of claims, items and exits, chains, edges.</summary>
    public static Digest32 Pair(in Digest32 left, in Digest32 right)
    {
        Span<byte> input = stackalloc byte[2 * Bytes32.Size];
        left.Span.CopyTo(input);
        right.Span.CopyTo(input[Bytes32.Size..]);
        return new Digest32(Keccak(input));
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
