using System.Security.Cryptography;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Data in an EIP-4844 blob: 4,096 field elements of 32 bytes, of which 254 bits each are used, in the layout that the OP
/// Stack's batches have (encoding version 0), so that its tools read them (docs/formats/rollups-blob.md).
/// </summary>
public static class Blob
{
    /// <summary>Length of a blob in bytes: 131,072.</summary>
    public const int Size = Elements * ElementSize;

    /// <summary>Most bytes of data in a blob: 130,044.</summary>
    public const int Capacity = Elements / 4 * GroupSize - HeaderSize;

    /// <summary>Length of a KZG commitment, and of a proof, in bytes.</summary>
    public const int CommitmentSize = 48;

    private const int Elements = 4096, ElementSize = 32, HeaderSize = 4;

    // Four elements hold 4 x 31 bytes behind their first ones, and 3 more in the low six bits of those.
    private const int GroupSize = 4 * (ElementSize - 1) + 3;

    private const byte Version = 0, KzgVersion = 1;

    /// <summary>Fills a blob.</summary>
    /// <param name="data">At most 130,044 bytes.</param>
    /// <param name="blob">131,072 bytes.</param>
    /// <exception cref="ArgumentException">Too much data, or another length of the blob.</exception>
    public static void Pack(ReadOnlySpan<byte> data, Span<byte> blob)
    {
        if (data.Length > Capacity) throw new ArgumentException($"Expected at most {Capacity} bytes, got {data.Length}.", nameof(data));
        if (blob.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {blob.Length}.", nameof(blob));
        Span<byte> group = stackalloc byte[GroupSize];
        (group[0], group[1], group[2], group[3]) = (Version, (byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length);
        int header = HeaderSize;
        for (; !blob.IsEmpty; blob = blob[(4 * ElementSize)..], header = 0)
        {
            int taken = Math.Min(GroupSize - header, data.Length);
            data[..taken].CopyTo(group[header..]);
            group[(header + taken)..].Clear();
            data = data[taken..];
            byte x = group[31], y = group[63], z = group[95];
            Element(blob, 0, x & 0x3F, group[..31]);
            Element(blob, 1, (y & 0x0F) | (x & 0xC0) >> 2, group[32..63]);
            Element(blob, 2, z & 0x3F, group[64..95]);
            Element(blob, 3, (z & 0xC0) >> 2 | (y & 0xF0) >> 4, group[96..]);
        }
    }

    /// <summary>Reads the data of a blob: false if <see cref="Pack"/> never makes it.</summary>
    /// <param name="blob">Untrusted bytes.</param>
    /// <param name="data">At least 130,044 bytes of room.</param>
    /// <param name="length">Length of the data.</param>
    /// <exception cref="ArgumentException">Less room.</exception>
    public static bool TryUnpack(ReadOnlySpan<byte> blob, Span<byte> data, out int length)
    {
        if (data.Length < Capacity) throw new ArgumentException($"Expected room for {Capacity} bytes, got {data.Length}.", nameof(data));
        length = 0;
        if (blob.Length != Size) return false;
        Span<byte> group = stackalloc byte[GroupSize];
        int at = -HeaderSize, announced = 0;
        byte high = 0, rest = 0;
        for (; !blob.IsEmpty; blob = blob[(4 * ElementSize)..], at += GroupSize)
        {
            byte a = blob[0], b = blob[ElementSize], c = blob[2 * ElementSize], d = blob[3 * ElementSize];
            high |= (byte)(a | b | c | d);
            for (int i = 0; i < 4; i++) blob.Slice(i * ElementSize + 1, ElementSize - 1).CopyTo(group[(i * ElementSize)..]);
            group[31] = (byte)((a & 0x3F) | (b & 0x30) << 2);
            group[63] = (byte)((b & 0x0F) | (d & 0x0F) << 4);
            group[95] = (byte)((c & 0x3F) | (d & 0x30) << 2);
            if (at < 0)
            {
                announced = group[1] << 16 | group[2] << 8 | group[3];
                if (group[0] != Version || announced > Capacity) return false;
            }
            ReadOnlySpan<byte> payload = group[Math.Max(0, -at)..];
            int start = Math.Max(0, at), taken = Math.Clamp(announced - start, 0, payload.Length);
            if (taken > 0) payload[..taken].CopyTo(data[start..]);
            foreach (byte unused in payload[taken..]) rest |= unused;
        }
        if (high > 0x3F || rest != 0) return false;
        length = announced;
        return true;
    }

    /// <summary>The versioned hash by which the settlement layer's transaction names a blob: 1, then the last 31 bytes of the SHA-256 of its commitment (EIP-4844).</summary>
    /// <exception cref="ArgumentException">The commitment is not 48 bytes.</exception>
    public static Digest32 VersionedHash(ReadOnlySpan<byte> commitment)
    {
        if (commitment.Length != CommitmentSize) throw new ArgumentException($"Expected {CommitmentSize} bytes, got {commitment.Length}.", nameof(commitment));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(commitment, hash);
        hash[0] = KzgVersion;
        return new Digest32(hash);
    }

    private static void Element(Span<byte> group, int index, int first, ReadOnlySpan<byte> rest)
    {
        Span<byte> element = group.Slice(index * ElementSize, ElementSize);
        element[0] = (byte)first;
        rest.CopyTo(element[1..]);
    }
}
