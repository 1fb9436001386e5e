using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>The hashes of a context's tokens, each kind under its own context of BLAKE3's key derivation (docs/formats/ai-receipt.md).</summary>
internal readonly struct StateHash : IMerkleHash
{
    private static readonly Blake3Hasher s_token = Blake3Hasher.DerivingKey("Prozchain.AI v2 state token"u8);
    private static readonly Blake3Hasher s_node = Blake3Hasher.DerivingKey("Prozchain.AI v2 state node"u8);
    private static readonly Blake3Hasher s_state = Blake3Hasher.DerivingKey("Prozchain.AI v2 state"u8);

    public static Bytes32 Empty { get; } = GraphHash.Of(s_node, ReadOnlySpan<byte>.Empty);

    /// <summary>What a token's keys and values are added to.</summary>
    public static Blake3Hasher Token => s_token;

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => GraphHash.Of(s_token, data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => GraphHash.Of(s_node, [left, right]);

    /// <summary>Digest of a state: a root does not bind how many leaves it has, so that is hashed with it.</summary>
    public static Bytes32 State(int tokens, in Bytes32 root)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint) + Bytes32.Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)tokens);
        root.Span.CopyTo(bytes[sizeof(uint)..]);
        return GraphHash.Of(s_state, bytes);
    }
}
