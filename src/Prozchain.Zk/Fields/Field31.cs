using System.Globalization;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Fields;

/// <summary>
/// A prime field of 31 bits in Montgomery form, scalar: <c>Field31&lt;KoalaBear&gt;</c>, <c>Field31&lt;BabyBear&gt;</c>.
/// </summary>
/// <remarks>
/// An element x is held as x * 2^32 mod p, fully reduced, so equal elements have equal bits. Encoding: the integer in
/// 0 to p - 1, 4 bytes, little-endian; p and above are refused. Sampling: 4 bytes, little-endian, top bit cleared,
/// drawn again until below p. Sums stay below 2^32 because p &lt; 2^31. Arithmetic does not branch on values, except
/// <see cref="Inverse"/> of zero.
/// </remarks>
/// <typeparam name="TParameters">The constants of the prime.</typeparam>
public readonly struct Field31<TParameters> : ITwoAdicField<Field31<TParameters>> where TParameters : struct, IField31Parameters
{
    private readonly uint _montgomery;

    private Field31(uint montgomery) => _montgomery = montgomery;

    /// <inheritdoc/>
    public static Field31<TParameters> Zero => default;

    /// <inheritdoc/>
    public static Field31<TParameters> One => new(TParameters.MontgomeryOne);

    /// <inheritdoc/>
    public static int EncodedSize => sizeof(uint);

    /// <inheritdoc/>
    public static int TwoAdicity => TParameters.TwoAdicity;

    /// <inheritdoc/>
    public static Field31<TParameters> MultiplicativeGenerator => FromUInt32(TParameters.MultiplicativeGenerator);

    /// <summary>The prime p.</summary>
    public static uint Modulus => TParameters.Modulus;

    /// <summary>The sum mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> operator +(Field31<TParameters> left, Field31<TParameters> right) =>
        new(Raise(left._montgomery + right._montgomery - TParameters.Modulus));

    /// <summary>The difference mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> operator -(Field31<TParameters> left, Field31<TParameters> right) =>
        new(Raise(left._montgomery - right._montgomery));

    /// <summary>The product mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> operator *(Field31<TParameters> left, Field31<TParameters> right) =>
        new(Reduce((ulong)left._montgomery * right._montgomery));

    /// <summary>The negative mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> operator -(Field31<TParameters> value) => Zero - value;

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(Field31<TParameters> left, Field31<TParameters> right) => left._montgomery == right._montgomery;

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(Field31<TParameters> left, Field31<TParameters> right) => left._montgomery != right._montgomery;

    /// <summary>The element of a canonical integer.</summary>
    /// <param name="value">0 to p - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is p or more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> FromUInt32(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, TParameters.Modulus);
        return FromReduced(value);
    }

    /// <inheritdoc/>
    public static Field31<TParameters> FromUInt64(ulong value) => FromReduced((uint)(value % TParameters.Modulus));

    /// <summary>The canonical integer, 0 to p - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ToUInt32() => Reduce(_montgomery);

    /// <inheritdoc/>
    public static Field31<TParameters> TwoAdicGenerator(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, TParameters.TwoAdicity);
        Field31<TParameters> root = FromUInt32(TParameters.TwoAdicRoot);
        for (int i = bits; i < TParameters.TwoAdicity; i++) root *= root;
        return root;
    }

    /// <summary>The element that doubled gives this one.</summary>
    public Field31<TParameters> Halve() => new((_montgomery + ((0 - (_montgomery & 1)) & TParameters.Modulus)) >> 1);

    /// <inheritdoc/>
    public Field31<TParameters> Inverse()
    {
        if (_montgomery == 0) throw new DivideByZeroException("Expected an element other than zero.");
        return FieldMath.Power(this, TParameters.Modulus - 2);
    }

    /// <inheritdoc/>
    public static Field31<TParameters> Sample<TSource>(ref TSource source) where TSource : IUniformSource, allows ref struct
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        while (true)
        {
            source.Fill(bytes);
            uint candidate = BinaryPrimitives.ReadUInt32LittleEndian(bytes) & 0x7FFF_FFFF;
            if (candidate < TParameters.Modulus) return FromReduced(candidate);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> source, out Field31<TParameters> value)
    {
        value = default;
        if (source.Length != sizeof(uint)) return false;
        uint integer = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (integer >= TParameters.Modulus) return false;
        value = FromReduced(integer);
        return true;
    }

    /// <inheritdoc/>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < sizeof(uint)) throw new ArgumentException($"Expected {sizeof(uint)} bytes, got {destination.Length}.", nameof(destination));
        BinaryPrimitives.WriteUInt32LittleEndian(destination, ToUInt32());
    }

    /// <inheritdoc/>
    public bool Equals(Field31<TParameters> other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Field31<TParameters> other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_montgomery;

    /// <summary>The canonical integer in decimal.</summary>
    public override string ToString() => ToUInt32().ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    static void IField<Field31<TParameters>>.Dispatch<TKernel>(ref TKernel kernel) => LaneDispatch.Run31<TParameters, TKernel>(ref kernel);

    /// <summary>low + high * 2^32, a sum of products of Montgomery forms, as an element.</summary>
    internal static Field31<TParameters> FromWide(ulong low, ulong high) =>
        new Field31<TParameters>(Reduce(low % TParameters.Modulus)) + new Field31<TParameters>((uint)(high % TParameters.Modulus));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Field31<TParameters> FromReduced(uint value) => new(Reduce((ulong)value * TParameters.MontgomerySquare));

    // Montgomery (1985): x * 2^-32 mod p for x < 2^32 * p. With q = x * p^-1 mod 2^32, x - q * p is a multiple of 2^32;
    // both high halves are below p, so their difference lies within p of zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Reduce(ulong x)
    {
        Debug.Assert(x >> 32 < TParameters.Modulus, "The operand of a reduction is at most p * 2^32.");
        uint q = (uint)x * TParameters.ModulusInverse;
        return Raise((uint)(x >> 32) - (uint)(((ulong)q * TParameters.Modulus) >> 32));
    }

    // Adds p to what is negative, for values within p of zero. By the sign's mask: a minimum compiles to a branch on values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Raise(uint value) => value + (TParameters.Modulus & (uint)((int)value >> 31));
}
