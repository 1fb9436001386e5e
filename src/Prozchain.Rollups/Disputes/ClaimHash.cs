using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Hash of a claim's tree: keccak256(left ‖ right), what <c>keccak256(abi.encode(left, right))</c> gives. Leaves are state
/// roots as they are. No tag is needed: every tree of one dispute has the same height, so no node can pass for a leaf.
/// </summary>
internal static class ClaimHash
{
    public static Digest32 Inner(in Digest32 left, in Digest32 right)
    {
        Span<byte> input = stackalloc byte[2 * Digest32.Size], digest = stackalloc byte[Digest32.Size];
        left.Span.CopyTo(input);
        right.Span.CopyTo(input[Digest32.Size..]);
        Keccak256.Hash(input, digest);
        return new Digest32(digest);
    }

    public static Digest32 Three(in Digest32 one, in Digest32 two, in Digest32 three)
    {
        Span<byte> input = stackalloc byte[3 * Digest32.Size], digest = stackalloc byte[Digest32.Size];
        one.Span.CopyTo(input);
        two.Span.CopyTo(input[Digest32.Size..]);
        three.Span.CopyTo(input[(2 * Digest32.Size)..]);
        Keccak256.Hash(input, digest);
        return new Digest32(digest);
    }
}
