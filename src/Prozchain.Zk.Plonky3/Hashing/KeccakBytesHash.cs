using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;
using Keccak = Prozchain.Zk.Hashing.Keccak256;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>Keccak-256 over bytes: a row is the words of its elements, a node its two digests. A digest is raw in a proof.</summary>
internal sealed class KeccakBytesHash<TField> : TreeHash<TField> where TField : unmanaged, IField<TField>
{
    public override Bytes32 HashRow(ReadOnlySpan<TField> row)
    {
        Bytes32 digest = default;
        HashRows(row, row.Length, new Span<Bytes32>(ref digest));
        return digest;
    }

    public override Bytes32 Compress(in Bytes32 left, in Bytes32 right)
    {
        Span<byte> pair = stackalloc byte[2 * Bytes32.Size];
        left.Span.CopyTo(pair);
        right.Span.CopyTo(pair[Bytes32.Size..]);
        Keccak.Hash(pair, pair);
        return new Bytes32(pair);
    }

    public override void HashRows(ReadOnlySpan<TField> rows, int width, Span<Bytes32> digests)
    {
        ReadOnlySpan<byte> messages = MemoryMarshal.AsBytes(rows);
        if (!BitConverter.IsLittleEndian)
        {
            var words = new uint[rows.Length];
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<TField, uint>(rows), words);
            messages = MemoryMarshal.AsBytes(words.AsSpan());
        }
        Keccak.HashMany(messages, width * sizeof(uint), MemoryMarshal.AsBytes(digests));
    }

    public override Bytes32 ReadDigest(ref PostcardReader reader) => reader.Take(Bytes32.Size) is { IsEmpty: false } bytes ? new Bytes32(bytes) : default;

    public override void WriteDigest(PostcardWriter writer, in Bytes32 digest) => writer.Bytes(digest.Span);
}
