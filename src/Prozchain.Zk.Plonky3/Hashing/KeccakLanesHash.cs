using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Wire;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>
/// An overwriting sponge over Keccak-f[1600] without padding, 17 of 25 lanes in, 4 out: two elements to a lane, the first
/// in the low half; a node is the sponge over its two digests. A digest is four integers in a proof.
/// </summary>
/// <remarks>No padding: rows of different lengths may collide, so the statement must fix the lengths, as it does.</remarks>
internal sealed class KeccakLanesHash<TField> : TreeHash<TField> where TField : unmanaged, IField<TField>
{
    private const int Rate = 17, DigestLanes = 4;

    public override int LeastDigestSize => DigestLanes;

    public override Bytes32 HashRow(ReadOnlySpan<TField> row)
    {
        KeccakState state = default;
        while (!row.IsEmpty)
        {
            int lanes = Math.Min(Rate, (row.Length + 1) / 2);
            for (int i = 0; i < lanes; i++)
            {
                ulong high = 2 * i + 1 < row.Length ? FieldWord<TField>.Of(row[2 * i + 1]) : 0;
                state[i] = high << 32 | FieldWord<TField>.Of(row[2 * i]);
            }
            KeccakPermutation.Permute(ref state);
            row = row[Math.Min(2 * lanes, row.Length)..];
        }
        return Squeeze(in state);
    }

    public override Bytes32 Compress(in Bytes32 left, in Bytes32 right)
    {
        KeccakState state = default;
        for (int i = 0; i < DigestLanes; i++)
        {
            state[i] = Lane(in left, i);
            state[DigestLanes + i] = Lane(in right, i);
        }
        KeccakPermutation.Permute(ref state);
        return Squeeze(in state);
    }

    public override Bytes32 ReadDigest(ref PostcardReader reader)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        for (int i = 0; i < DigestLanes; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(8 * i)..], reader.Varint());
        return new Bytes32(bytes);
    }

    public override void WriteDigest(PostcardWriter writer, in Bytes32 digest)
    {
        for (int i = 0; i < DigestLanes; i++) writer.Varint(Lane(in digest, i));
    }

    private static ulong Lane(in Bytes32 digest, int lane) => BinaryPrimitives.ReadUInt64LittleEndian(digest.Span[(8 * lane)..]);

    private static Bytes32 Squeeze(in KeccakState state)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        state.Read(bytes);
        return new Bytes32(bytes);
    }
}
