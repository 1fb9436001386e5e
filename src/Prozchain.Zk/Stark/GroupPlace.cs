using System.Buffers;
using System.Buffers.Binary;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The place of a proof in a list of proofs that exchange messages, with all that its prover needs to know of the others: the digest of
/// the statement and of every proof's early tables, which the shared challenges follow from. <see cref="StarkGroup.Challenges{TField}"/> gives it;
/// it may be sent to another machine.
/// </summary>
/// <remarks>Immutable and thread-safe. <see cref="EncodedSize"/> bytes, of docs/formats/zk-stark.md.</remarks>
public sealed class GroupPlace
{
    /// <summary>Length in bytes of the encoding.</summary>
    public const int EncodedSize = 2 * sizeof(ushort) + sizeof(ulong) + 2 * HashSize;

    private const int HashSize = 32, CountAt = 2, NonceAt = 4, DigestAt = 12, CapAt = DigestAt + HashSize;

    private readonly byte[] _encoded;

    internal GroupPlace(int index, int count, ulong nonce, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> cap)
    {
        _encoded = new byte[EncodedSize];
        BinaryPrimitives.WriteUInt16LittleEndian(_encoded, (ushort)index);
        BinaryPrimitives.WriteUInt16LittleEndian(_encoded.AsSpan(CountAt), (ushort)count);
        BinaryPrimitives.WriteUInt64LittleEndian(_encoded.AsSpan(NonceAt), nonce);
        digest.CopyTo(_encoded.AsSpan(DigestAt, HashSize));
        cap.CopyTo(_encoded.AsSpan(CapAt, HashSize));
    }

    private GroupPlace(ReadOnlySpan<byte> encoded) => _encoded = encoded.ToArray();

    /// <summary>The proof's number in the list, from 0.</summary>
    public int Index => BinaryPrimitives.ReadUInt16LittleEndian(_encoded);

    /// <summary>Proofs in the list.</summary>
    public int Count => BinaryPrimitives.ReadUInt16LittleEndian(_encoded.AsSpan(CountAt));

    /// <summary>The nonce that shows the list's work; 0 where none is asked for.</summary>
    public ulong Nonce => BinaryPrimitives.ReadUInt64LittleEndian(_encoded.AsSpan(NonceAt));

    /// <summary>32 bytes that statement, keys, early tables, their public values and the work lead to: the same in all proofs of a list.</summary>
    public ReadOnlySpan<byte> Digest => _encoded.AsSpan(DigestAt, HashSize);

    /// <summary>The commitment to the proof's own early tables, 32 bytes.</summary>
    public ReadOnlySpan<byte> Cap => _encoded.AsSpan(CapAt, HashSize);

    internal ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Reads a place from untrusted bytes, all of which belong to it.</summary>
    /// <returns>Ok, Truncated, TrailingBytes or OutOfRange.</returns>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out GroupPlace? place)
    {
        place = null;
        if (source.Length < EncodedSize) return ReadResult.Truncated;
        if (source.Length > EncodedSize) return ReadResult.TrailingBytes;
        GroupPlace read = new(source);
        if (read.Index >= read.Count) return ReadResult.OutOfRange;
        place = read;
        return ReadResult.Ok;
    }

    /// <summary>Writes the encoding.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(_encoded);
    }
}
