using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// Encodes and decodes values by Solidity's contract ABI specification. The decoder accepts what the compiler's own
/// (version 2) accepts, so that a node and a contract never disagree on a call: offsets in any order, bytes after the end,
/// padding of <c>bytes</c> unread, words out of range refused. Offsets that share bytes can make little input mean many
/// values; their number is bounded before anything is allocated. A string of bytes is a view of the input.
/// </summary>
internal static class AbiCodec
{
    /// <summary>Values (words, strings, lists) that a decoder yields at most unless told otherwise.</summary>
    public const int DefaultMaxValues = 1 << 16;

    private const int Word = Bytes32.Size;

    /// <summary>Keccak-256 of what <see cref="Encode"/> gives.</summary>
    /// <exception cref="ArgumentException">A value does not fit its type.</exception>
    public static Digest32 Hash(AbiType tuple, params ReadOnlySpan<AbiValue> values) => new(Hashing.Keccak(Encode(tuple, values)));

    /// <summary>Encodes the members of a tuple type, as arguments are.</summary>
    /// <exception cref="ArgumentException">A value does not fit its type.</exception>
    public static byte[] Encode(AbiType tuple, params ReadOnlySpan<AbiValue> values)
    {
        if (tuple.Kind != AbiKind.Tuple) throw new ArgumentException($"Expected a tuple type, got {tuple}.", nameof(tuple));
        var bytes = new byte[SequenceSize(tuple, values)];
        WriteSequence(bytes, tuple, values);
        return bytes;
    }

    /// <summary>Decodes the members of a tuple type, as arguments are.</summary>
    public static AbiReadResult TryDecode(AbiType tuple, ReadOnlyMemory<byte> bytes, out AbiValue values, int maxValues = DefaultMaxValues)
    {
        if (tuple.Kind != AbiKind.Tuple) throw new ArgumentException($"Expected a tuple type, got {tuple}.", nameof(tuple));
        int budget = maxValues;
        return ReadSequence(tuple, tuple.Parts.Count, bytes, ref budget, out values);
    }

    /// <summary>True when the word is in the type's range.</summary>
    public static bool IsValid(AbiType type, ReadOnlySpan<byte> word) => type.Kind switch
    {
        AbiKind.UInt => IsFilled(word[..(Word - type.Size / 8)], 0),
        AbiKind.Int => IsFilled(word[..(Word - type.Size / 8)], (word[Word - type.Size / 8] & 0x80) == 0 ? (byte)0 : (byte)0xFF),
        AbiKind.Bool => IsFilled(word[..(Word - 1)], 0) && word[Word - 1] <= 1,
        AbiKind.Address => IsFilled(word[..12], 0),
        AbiKind.FixedBytes => IsFilled(word[type.Size..], 0),
        _ => false,
    };

    private static bool IsFilled(ReadOnlySpan<byte> bytes, byte with) => bytes.IndexOfAnyExcept(with) < 0;

    private static AbiType Part(AbiType sequence, int index) => sequence.Parts[sequence.Kind == AbiKind.Tuple ? index : 0];

    private static int SequenceSize(AbiType type, ReadOnlySpan<AbiValue> values)
    {
        int expected = type.Kind switch { AbiKind.Tuple => type.Parts.Count, AbiKind.FixedArray => type.Size, _ => values.Length };
        if (values.Length != expected) throw new ArgumentException($"Expected {expected} values of {type}, got {values.Length}.", nameof(values));
        int size = 0;
        for (int i = 0; i < values.Length; i++)
        {
            AbiType part = Part(type, i);
            size = checked(size + Size(part, values[i]) + (part.IsDynamic ? Word : 0));
        }
        return size;
    }

    private static int Size(AbiType type, in AbiValue value)
    {
        switch (type.Kind)
        {
            case AbiKind.Bytes or AbiKind.String:
                if (!value.IsBytes) throw Unfit(type);
                return checked(Word + (value.Bytes.Length + Word - 1) / Word * Word);
            case AbiKind.Array or AbiKind.FixedArray or AbiKind.Tuple:
                if (!value.IsList) throw Unfit(type);
                return checked(SequenceSize(type, value.Items) + (type.Kind == AbiKind.Array ? Word : 0));
            default:
                return value.IsWord && IsValid(type, value.Word.Span) ? Word : throw Unfit(type);
        }
    }

    private static ArgumentException Unfit(AbiType type) => new($"Expected a value of {type}.", nameof(type));

    private static int WriteSequence(Span<byte> to, AbiType type, ReadOnlySpan<AbiValue> values)
    {
        int head = 0, tail = 0;
        for (int i = 0; i < values.Length; i++) tail += Part(type, i).HeadWords * Word;
        for (int i = 0; i < values.Length; i++)
        {
            AbiType part = Part(type, i);
            if (part.IsDynamic)
            {
                WriteInteger(to[head..], tail);
                tail += Write(to[tail..], part, values[i]);
                head += Word;
            }
            else
                head += Write(to[head..], part, values[i]);
        }
        return tail;
    }

    private static int Write(Span<byte> to, AbiType type, in AbiValue value)
    {
        switch (type.Kind)
        {
            case AbiKind.Bytes or AbiKind.String:
                WriteInteger(to, value.Bytes.Length);
                value.Bytes.Span.CopyTo(to[Word..]);
                return Word + (value.Bytes.Length + Word - 1) / Word * Word;
            case AbiKind.Array:
                WriteInteger(to, value.Items.Length);
                return Word + WriteSequence(to[Word..], type, value.Items);
            case AbiKind.FixedArray or AbiKind.Tuple:
                return WriteSequence(to, type, value.Items);
            default:
                value.Word.Span.CopyTo(to);
                return Word;
        }
    }

    private static void WriteInteger(Span<byte> to, int value) => BinaryPrimitives.WriteInt32BigEndian(to.Slice(Word - 4, 4), value);

    private static AbiReadResult ReadSequence(AbiType type, int count, ReadOnlyMemory<byte> from, ref int budget, out AbiValue values)
    {
        values = default;
        // Every element takes a word of the head or more, so the input bounds the count before the array is made.
        if (count > from.Length / Word) return AbiReadResult.TooShort;
        if (count >= budget) return AbiReadResult.LimitExceeded;
        budget -= count + 1;
        var items = new AbiValue[count];
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            AbiType part = Part(type, i);
            int size = part.HeadWords * Word;
            if (from.Length - at < size) return AbiReadResult.TooShort;
            ReadOnlyMemory<byte> at0 = from[at..];
            if (part.IsDynamic)
            {
                if (!TryReadInteger(at0.Span, from.Length, out int offset)) return AbiReadResult.OutOfBounds;
                at0 = from[offset..];
            }
            AbiReadResult result = Read(part, at0, ref budget, out items[i]);
            if (result != AbiReadResult.Ok) return result;
            at += size;
        }
        values = AbiValue.List(items);
        return AbiReadResult.Ok;
    }

    private static AbiReadResult Read(AbiType type, ReadOnlyMemory<byte> from, ref int budget, out AbiValue value)
    {
        value = default;
        switch (type.Kind)
        {
            case AbiKind.Tuple:
                return ReadSequence(type, type.Parts.Count, from, ref budget, out value);
            case AbiKind.FixedArray:
                return ReadSequence(type, type.Size, from, ref budget, out value);
            case AbiKind.Array:
                if (from.Length < Word) return AbiReadResult.TooShort;
                return TryReadInteger(from.Span, (from.Length - Word) / Word, out int count)
                    ? ReadSequence(type, count, from[Word..], ref budget, out value)
                    : AbiReadResult.OutOfBounds;
            case AbiKind.Bytes or AbiKind.String:
                if (from.Length < Word) return AbiReadResult.TooShort;
                if (!TryReadInteger(from.Span, from.Length - Word, out int length)) return AbiReadResult.OutOfBounds;
                value = AbiValue.Of(from.Slice(Word, length));
                return AbiReadResult.Ok;
            default:
                if (from.Length < Word) return AbiReadResult.TooShort;
                if (!IsValid(type, from.Span[..Word])) return AbiReadResult.InvalidWord;
                value = AbiValue.FromWord(new Bytes32(from.Span));
                return AbiReadResult.Ok;
        }
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> word, int max, out int value)
    {
        value = 0;
        if (!IsFilled(word[..(Word - 4)], 0)) return false;
        uint read = BinaryPrimitives.ReadUInt32BigEndian(word[(Word - 4)..]);
        if (max < 0 || read > (uint)max) return false;
        value = (int)read;
        return true;
    }
}
