using System.Buffers.Binary;
using Prozchain.Shared;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What the bytes of posted rows say, once <see cref="RowScan"/> has found where their fields lie and no fault.</summary>
internal static class PostedFieldReader
{
    /// <summary>Words of 3 bytes that a Keccak-256 has.</summary>
    private const int HashWords = 11;

    /// <summary>The fields of a row.</summary>
    /// <param name="data">All posted bytes.</param>
    /// <param name="row">A row without fault.</param>
    /// <param name="fields">The fields behind its code.</param>
    public static PostedFields Read(ReadOnlySpan<byte> data, PostedRow row, List<FieldSpan> fields)
    {
        int at = row.Start;
        PostedFields read = new() { Sender = (uint)Number(data, ref at), To = (uint)Number(data, ref at), Code = Number(data, ref at) };
        foreach (FieldSpan field in fields)
        {
            ReadOnlySpan<byte> bytes = data[field.Start..field.End];
            int start = 0;
            read = field.Field switch
            {
                RowField.Kind => read with { Kind = bytes[0] },
                RowField.AmountExponent => read with { Amount = (0, bytes[0]) },
                RowField.Amount => read with { Amount = (Number(bytes, ref start), read.Amount.Exponent) },
                RowField.FeeExponent => read with { Fee = (0, bytes[0]) },
                RowField.Fee => read with { Fee = (Number(bytes, ref start), read.Fee.Exponent) },
                RowField.Token => read with { Token = (uint)Number(bytes, ref start) },
                RowField.FeeToken => read with { FeeToken = (uint)Number(bytes, ref start) },
                RowField.Sponsor => read with { Sponsor = (uint)Number(bytes, ref start) },
                RowField.KeySkip => read with { Skip = (uint)Number(bytes, ref start) },
                RowField.SponsorSkip => read with { SponsorSkip = (uint)Number(bytes, ref start) },
                RowField.Recipient or RowField.NewKey => read with { Tail = Words(bytes, sizeof(uint)) },
                RowField.Settlement => read with { Tail = Words(bytes, 3) },
                _ => read,
            };
        }
        return read;
    }

    /// <summary>The last two blocks of what is signed of a message: its payload's Keccak-256 in words of 3 bytes, and zeros.</summary>
    public static (Eight First, Eight Second) PayloadBlocks(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[Digest32.Size + 1];
        hash.Clear();
        Keccak256.Hash(payload, hash[..Digest32.Size]);
        return (Words(hash[..(3 * Eight.Length)], 3), Words(hash[(3 * Eight.Length)..(3 * HashWords)], 3));
    }

    private static Eight Words(ReadOnlySpan<byte> bytes, int size)
    {
        Eight words = default;
        Span<byte> word = stackalloc byte[sizeof(uint)];
        for (int i = 0; size * i < bytes.Length; i++)
        {
            word.Clear();
            bytes.Slice(size * i, Math.Min(size, bytes.Length - size * i)).CopyTo(word);
            words[i] = F.FromUInt32(BinaryPrimitives.ReadUInt32LittleEndian(word));
        }
        return words;
    }

    private static UInt128 Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        UInt128 number = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte read = bytes[at++];
            number |= (UInt128)(read & 0x7Fu) << shift;
            if (read < 128) return number;
        }
    }
}
