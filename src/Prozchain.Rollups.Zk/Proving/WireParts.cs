using Prozchain.Shared;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>What several formats of proofs are made of: digests, and parts behind their length as a varint.</summary>
internal static class WireParts
{
    /// <summary>Reads 32 bytes.</summary>
    public static bool TryRead(ref WireReader reader, out Digest32 digest)
    {
        bool ok = reader.TryReadSpan(Digest32.Size, out ReadOnlySpan<byte> bytes);
        digest = ok ? new Digest32(bytes) : default;
        return ok;
    }

    /// <summary>Reads a part of at most <paramref name="most"/> bytes as a view of <paramref name="bytes"/>, which the reader reads.</summary>
    public static bool TryRead(ref WireReader reader, ReadOnlyMemory<byte> bytes, int most, out ReadOnlyMemory<byte> part)
    {
        part = default;
        if (!reader.TryReadCount(most, out int length)) return false;
        int at = reader.Offset;
        if (!reader.TryReadSpan(length, out _)) return false;
        part = bytes.Slice(at, length);
        return true;
    }

    /// <summary>Writes a part behind its length.</summary>
    public static void Write(WireWriter writer, ReadOnlySpan<byte> part)
    {
        writer.WriteVarint((ulong)part.Length);
        writer.WriteSpan(part);
    }
}
