using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// A value of the ABI: a word of 32 bytes as it is encoded, a string of bytes, or a list of values (array or tuple).
/// Which of them it must be, and which words are in range, its <see cref="AbiType"/> says.
/// </summary>
internal readonly struct AbiValue
{
    private readonly Bytes32 _word;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly AbiValue[]? _items;
    private readonly Form _form;

    private AbiValue(in Bytes32 word) => _word = word;

    private AbiValue(ReadOnlyMemory<byte> bytes) => (_bytes, _form) = (bytes, Form.Bytes);

    private AbiValue(AbiValue[] items) => (_items, _form) = (items, Form.List);

    private enum Form : byte
    {
        Word,
        Bytes,
        List,
    }

    public bool IsWord => _form == Form.Word;

    public bool IsBytes => _form == Form.Bytes;

    public bool IsList => _form == Form.List;

    /// <summary>The 32 bytes of a word as they are encoded.</summary>
    [UnscopedRef]
    public ref readonly Bytes32 Word
    {
        get
        {
            if (!IsWord) throw new InvalidOperationException($"Expected a word, got {_form}.");
            return ref _word;
        }
    }

    /// <summary>The content of <c>bytes</c> or of a <c>string</c>.</summary>
    public ReadOnlyMemory<byte> Bytes => IsBytes ? _bytes : throw new InvalidOperationException($"Expected bytes, got {_form}.");

    /// <summary>The elements of an array, or the members of a tuple.</summary>
    public ReadOnlySpan<AbiValue> Items => IsList ? _items : throw new InvalidOperationException($"Expected a list, got {_form}.");

    /// <summary>An element of an array or a member of a tuple.</summary>
    public AbiValue this[int index] => Items[index];

    public static AbiValue List(params AbiValue[] items) => new(items);

    public static AbiValue FromWord(in Bytes32 word) => new(word);

    /// <summary>The content of a <c>bytes</c>.</summary>
    public static AbiValue Of(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static AbiValue Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>A <c>bytesN</c>: left-aligned.</summary>
    public static AbiValue Fixed(ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[Bytes32.Size];
        word.Clear();
        bytes.CopyTo(word);
        return new AbiValue(new Bytes32(word));
    }

    /// <summary>An integer of either sign in two's complement.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It needs more than 256 bits.</exception>
    public static AbiValue Of(BigInteger value)
    {
        Span<byte> word = stackalloc byte[Bytes32.Size];
        word.Fill(value.Sign < 0 ? (byte)0xFF : (byte)0);
        bool isUnsigned = value.Sign >= 0;
        int count = value.GetByteCount(isUnsigned);
        if (count > Bytes32.Size) throw new ArgumentOutOfRangeException(nameof(value), $"Expected at most 256 bits, got {value.GetBitLength()}.");
        value.TryWriteBytes(word[(Bytes32.Size - count)..], out _, isUnsigned, isBigEndian: true);
        return new AbiValue(new Bytes32(word));
    }

    public static implicit operator AbiValue(UInt128 value)
    {
        Span<byte> word = stackalloc byte[Bytes32.Size];
        word.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(word[16..], value);
        return new AbiValue(new Bytes32(word));
    }

    public static implicit operator AbiValue(ulong value) => (UInt128)value;

    public static implicit operator AbiValue(bool value) => value ? 1UL : 0UL;

    public static implicit operator AbiValue(Digest32 value) => new(value.Value);

    public static implicit operator AbiValue(L1Address value)
    {
        Span<byte> word = stackalloc byte[Bytes32.Size];
        word.Clear();
        value.Span.CopyTo(word[12..]);
        return new AbiValue(new Bytes32(word));
    }

    /// <summary>The integer of a word; the caller's type bounds it.</summary>
    /// <exception cref="OverflowException">It needs more than 64 bits.</exception>
    public ulong ToUInt64() => checked((ulong)ToUInt128());

    /// <exception cref="OverflowException">It needs more than 128 bits.</exception>
    public UInt128 ToUInt128() => Word.Span[..16].IndexOfAnyExcept((byte)0) < 0
        ? BinaryPrimitives.ReadUInt128BigEndian(Word.Span[16..])
        : throw new OverflowException("Expected at most 128 bits.");

    public BigInteger ToUInteger() => new(Word.Span, isUnsigned: true, isBigEndian: true);

    public BigInteger ToInteger() => new(Word.Span, isUnsigned: false, isBigEndian: true);

    public bool ToBool() => !Word.IsZero;

    public L1Address ToAddress() => new(Word.Span[12..]);

    public Digest32 ToDigest() => new(Word);

    /// <summary>The text of a <c>string</c>; what is not UTF-8 becomes U+FFFD.</summary>
    public string ToText() => Encoding.UTF8.GetString(Bytes.Span);
}
