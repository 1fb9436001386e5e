using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>
/// Rows by an overwriting sponge without padding, whose rate is the width less eight; nodes by a permutation of left then
/// right, of which eight elements are kept. A digest is eight field elements, each four bytes as in a proof.
/// </summary>
internal sealed class SpongeHash<TField>(FieldPermutation<TField> leaf, FieldPermutation<TField> node) : TreeHash<TField>
    where TField : unmanaged, IField<TField>
{
    public const int DigestLength = 8;

    /// <summary>The elements of a digest. Digests were read or made here, so every word is below the prime.</summary>
    public static void Unpack(in Bytes32 digest, Span<TField> elements)
    {
        for (int i = 0; i < DigestLength; i++)
            FieldWord<TField>.TryDecode(BinaryPrimitives.ReadUInt32LittleEndian(digest.Span[(sizeof(uint) * i)..]), out elements[i]);
    }

    public override Bytes32 HashRow(ReadOnlySpan<TField> row)
    {
        Span<TField> state = stackalloc TField[leaf.Width];
        state.Clear();
        while (!row.IsEmpty)
        {
            int count = Math.Min(leaf.Width - DigestLength, row.Length);
            row[..count].CopyTo(state);
            leaf.Permute(state);
            row = row[count..];
        }
        return Pack(state);
    }

    public override Bytes32 Compress(in Bytes32 left, in Bytes32 right)
    {
        Span<TField> state = stackalloc TField[node.Width];
        state.Clear();
        Unpack(in left, state);
        Unpack(in right, state[DigestLength..]);
        node.Permute(state);
        return Pack(state);
    }

    public override Bytes32 ReadDigest(ref PostcardReader reader)
    {
        Span<TField> elements = stackalloc TField[DigestLength];
        foreach (ref TField element in elements) element = reader.Field<TField>();
        return Pack(elements);
    }

    public override void WriteDigest(PostcardWriter writer, in Bytes32 digest) => writer.Bytes(digest.Span);

    private static Bytes32 Pack(ReadOnlySpan<TField> elements)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        for (int i = 0; i < DigestLength; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes[(sizeof(uint) * i)..], FieldWord<TField>.Of(elements[i]));
        return new Bytes32(bytes);
    }
}
