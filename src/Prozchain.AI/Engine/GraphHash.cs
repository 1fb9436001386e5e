using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>The engine's hashes, all BLAKE3: content plainly, everything above it in key derivation mode under its own context.</summary>
internal static class GraphHash
{
    private static readonly Blake3Hasher s_graph = Blake3Hasher.DerivingKey("Prozchain.AI v1 graph"u8);

    public static Bytes32 Content(ReadOnlySpan<byte> bytes)
    {
        var hasher = new Blake3Hasher();
        return Finish(ref hasher, bytes);
    }

    public static Bytes32 Graph(ReadOnlySpan<byte> encoding)
    {
        Blake3Hasher hasher = s_graph;
        return Finish(ref hasher, encoding);
    }

    /// <summary>Digest of digests one behind another, under a context.</summary>
    public static Bytes32 Of(in Blake3Hasher context, ReadOnlySpan<Bytes32> parts)
    {
        Blake3Hasher hasher = context;
        return Finish(ref hasher, MemoryMarshal.AsBytes(parts));
    }

    public static Bytes32 Finish(ref Blake3Hasher hasher, ReadOnlySpan<byte> bytes)
    {
        hasher.Update(bytes);
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        hasher.Finish(digest);
        return new Bytes32(digest);
    }
}
