using System.Buffers.Binary;
using System.Text;
using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Registry;

/// <summary>The registry's hashes: BLAKE3 in key derivation mode, each kind under its own context (docs/formats/ai-registry.md).</summary>
internal readonly struct RegistryHash : IMerkleHash
{
    private static readonly Blake3Hasher s_version = Blake3Hasher.DerivingKey("Prozchain.AI v1 registry version"u8);
    private static readonly Blake3Hasher s_state = Blake3Hasher.DerivingKey("Prozchain.AI v1 registry version state"u8);
    private static readonly Blake3Hasher s_namespace = Blake3Hasher.DerivingKey("Prozchain.AI v1 registry namespace"u8);
    private static readonly Blake3Hasher s_node = Blake3Hasher.DerivingKey("Prozchain.AI v1 registry node"u8);
    private static readonly Blake3Hasher s_root = Blake3Hasher.DerivingKey("Prozchain.AI v1 registry root"u8);

    public static Bytes32 Empty { get; } = GraphHash.Of(s_node, ReadOnlySpan<byte>.Empty);

    // Leaves are made by kind, below.
    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => GraphHash.Of(s_node, data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => GraphHash.Of(s_node, [left, right]);

    /// <summary>Id of a version, over what its publisher bound to it.</summary>
    public static Bytes32 VersionId(ReadOnlySpan<byte> identity) => GraphHash.Of(s_version, identity);

    public static Bytes32 State(ModelVersion version)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size + 4 + 8 + 2 + 3 * 8];
        version.Key.Span.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], (uint)version.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[36..], version.PublishedAt);
        bytes[44] = version.IsRetired ? (byte)1 : (byte)0;
        bytes[45] = (byte)version.Lease.Tier;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[46..], version.Lease.End);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[54..], version.Lease.Rate);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[62..], version.Price);
        return GraphHash.Of(s_state, bytes);
    }

    public static Bytes32 Namespace(string name, in Bytes32 owner)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size + ModelReference.MaxNameLength];
        owner.Span.CopyTo(bytes);
        int length = Encoding.ASCII.GetBytes(name, bytes[Bytes32.Size..]);
        return GraphHash.Of(s_namespace, bytes[..(Bytes32.Size + length)]);
    }

    public static Bytes32 Root(in RegistryRules rules, ulong slot, int records, in Bytes32 tree)
    {
        Span<byte> bytes = stackalloc byte[4 * 8 + Bytes32.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, rules.MaxLeaseSlots);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], rules.ArchiveSlots);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], slot);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (ulong)records);
        tree.Span.CopyTo(bytes[32..]);
        return GraphHash.Of(s_root, bytes);
    }
}
