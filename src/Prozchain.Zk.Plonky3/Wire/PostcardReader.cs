using System.Buffers.Binary;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Wire;

/// <summary>
/// Reads postcard, strictly. The first failure sticks: everything read after it is zero or empty, so that a reader of a
/// proof asks once, at the end. Nothing is allocated before the bytes that it takes are there.
/// </summary>
internal ref struct PostcardReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>Valid while nothing failed.</summary>
    public Plonky3Result Result { get; private set; } = Plonky3Result.Valid;

    public readonly bool IsValid => Result == Plonky3Result.Valid;

    public void Fail(Plonky3Result reason)
    {
        if (IsValid) Result = reason;
        _rest = default;
    }

    /// <summary>The verdict once everything was read.</summary>
    public void Finish()
    {
        if (!_rest.IsEmpty) Fail(Plonky3Result.TrailingBytes);
    }

    public byte Byte() => Take(1) is [byte value] ? value : (byte)0;

    public ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count) Fail(Plonky3Result.Truncated);
        if (!IsValid) return default;
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Unsigned LEB128 in the fewest bytes.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; IsValid; shift += 7)
        {
            byte part = Byte();
            if (!IsValid) return 0;
            if ((shift > 0 && part == 0) || (shift == 63 && part > 1))
            {
                Fail(Plonky3Result.NonMinimalInteger);
                return 0;
            }
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        return 0;
    }

    /// <summary>A length that may be no other, of items of at least <paramref name="size"/> bytes; 0 after a failure.</summary>
    public int Length(int expected, int size = 1)
    {
        if (Varint() != (ulong)expected) Fail(Plonky3Result.WrongShape);
        return Room(expected, size);
    }

    /// <summary>A length up to a bound.</summary>
    public int LengthUpTo(int most, int size = 1)
    {
        ulong length = Varint();
        if (length > (ulong)most) Fail(Plonky3Result.WrongShape);
        return IsValid ? Room((int)length, size) : 0;
    }

    /// <summary>Whether an option holds a value, which it must exactly if <paramref name="expected"/>.</summary>
    public bool Option(bool expected)
    {
        if (Byte() != (expected ? 1 : 0)) Fail(Plonky3Result.WrongShape);
        return IsValid && expected;
    }

    public TField Field<TField>() where TField : unmanaged, IField<TField>
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(uint));
        if (bytes.IsEmpty) return default;
        if (!FieldWord<TField>.TryDecode(BinaryPrimitives.ReadUInt32LittleEndian(bytes), out TField value)) Fail(Plonky3Result.NonCanonicalElement);
        return value;
    }

    public TExt Extension<TField, TExt>()
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        Span<TField> coefficients = stackalloc TField[TExt.Degree];
        foreach (ref TField coefficient in coefficients) coefficient = Field<TField>();
        return TExt.FromCoefficients(coefficients);
    }

    /// <summary>A list of field elements of known length.</summary>
    public TField[] Fields<TField>(int expected) where TField : unmanaged, IField<TField>
    {
        var values = new TField[Length(expected, sizeof(uint))];
        foreach (ref TField value in values.AsSpan()) value = Field<TField>();
        return values;
    }

    /// <summary>A list of extension elements of known length.</summary>
    public TExt[] Extensions<TField, TExt>(int expected)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        var values = new TExt[Length(expected, TExt.EncodedSize)];
        foreach (ref TExt value in values.AsSpan()) value = Extension<TField, TExt>();
        return values;
    }

    private int Room(int count, int size)
    {
        if ((long)count * size > _rest.Length) Fail(Plonky3Result.Truncated);
        return IsValid ? count : 0;
    }
}
