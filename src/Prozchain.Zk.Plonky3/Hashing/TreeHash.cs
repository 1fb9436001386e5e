using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>
/// What a Merkle tree over field elements hashes with. A digest is 32 bytes, as it is absorbed by a byte challenger; a
/// proof may write it otherwise.
/// </summary>
internal abstract class TreeHash<TField> where TField : unmanaged, IField<TField>
{
    /// <summary>The fewest bytes that a digest takes in a proof.</summary>
    public virtual int LeastDigestSize => Bytes32.Size;

    public abstract Bytes32 HashRow(ReadOnlySpan<TField> row);

    public abstract Bytes32 Compress(in Bytes32 left, in Bytes32 right);

    /// <summary>Rows one after the other, to a digest each.</summary>
    public virtual void HashRows(ReadOnlySpan<TField> rows, int width, Span<Bytes32> digests)
    {
        for (int i = 0; i < digests.Length; i++) digests[i] = HashRow(rows.Slice(i * width, width));
    }

    public abstract Bytes32 ReadDigest(ref PostcardReader reader);

    public abstract void WriteDigest(PostcardWriter writer, in Bytes32 digest);

    /// <summary>A list of digests, at most so many.</summary>
    public Bytes32[] ReadDigests(ref PostcardReader reader, int most)
    {
        var digests = new Bytes32[reader.LengthUpTo(most, LeastDigestSize)];
        foreach (ref Bytes32 digest in digests.AsSpan()) digest = ReadDigest(ref reader);
        return digests;
    }

    public void WriteDigests(PostcardWriter writer, ReadOnlySpan<Bytes32> digests)
    {
        writer.Length(digests.Length);
        foreach (ref readonly Bytes32 digest in digests) WriteDigest(writer, in digest);
    }
}
