using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>Digests of graphs and of what is said of them, all BLAKE3: content plainly, everything above it in key derivation mode, each kind under its own context.</summary>
internal static class GraphHash
{
    private static readonly Blake3Hasher s_graph = Blake3Hasher.DerivingKey("Prozchain.AI v1 graph"u8);

    public static Bytes32 Content(ReadOnlySpan<byte> bytes)
    {
        var hasher = new Blake3Hasher();
        return Finish(ref hasher, bytes);
    }

    public static Bytes32 Graph(ReadOnlySpan<byte> encoding) => Of(s_graph, encoding);

    /// <summary>Digest of bytes under a context.</summary>
    public static Bytes32 Of(in Blake3Hasher context, ReadOnlySpan<byte> bytes)
    {
        Blake3Hasher hasher = context;
        return Finish(ref hasher, bytes);
    }

    /// <summary>Digest of digests one behind another, under a context.</summary>
    public static Bytes32 Of(in Blake3Hasher context, ReadOnlySpan<Bytes32> parts) => Of(context, MemoryMarshal.AsBytes(parts));

    /// <summary>Takes the last bytes in and gives the digest of all.</summary>
    public static Bytes32 Finish(ref Blake3Hasher hasher, ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Bytes32.Size];
        hasher.Finish(bytes, digest);
        return new Bytes32(digest);
    }
}
