using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Fields;

/// <summary>
/// p = 2^31 - 1, in which 2^31 = 1: products are reduced by adding their halves. For circle protocols; its group has no
/// large two-adic subgroup.
/// </summary>
/// <remarks>
/// An element is held as its integer in 0 to p - 1. Encoding: 4 bytes, little-endian; p and above are refused. Sampling:
/// 4 bytes, little-endian, top bit cleared, drawn again if p. Arithmetic does not branch on values, except
/// <see cref="Inverse"/> of zero.
/// </remarks>
public readonly struct Mersenne31 : IField<Mersenne31>
{
    private readonly uint _value;

    private Mersenne31(uint value) => _value = value;

    /// <summary>The prime p.</summary>
    public static uint Modulus => 0x7FFF_FFFF;

    /// <inheritdoc/>
    public static Mersenne31 Zero => default;

    /// <inheritdoc/>
    public static Mersenne31 One => new(1);

    /// <summary>A generator of the multiplicative group.</summary>
    public static Mersenne31 MultiplicativeGenerator => new(7);

    /// <inheritdoc/>
    public static int EncodedSize => sizeof(uint);

    /// <summary>The sum mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mersenne31 operator +(Mersenne31 left, Mersenne31 right) => Reduce(left._value + right._value);

    /// <summary>The difference mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mersenne31 operator -(Mersenne31 left, Mersenne31 right) => new(Raise(left._value - right._value));

    /// <summary>The product mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mersenne31 operator *(Mersenne31 left, Mersenne31 right)
    {
        ulong product = (ulong)left._value * right._value;
        return Reduce((uint)(product & Modulus) + (uint)(product >> 31));
    }

    /// <summary>The negative mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Mersenne31 operator -(Mersenne31 value) => Zero - value;

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(Mersenne31 left, Mersenne31 right) => left._value == right._value;

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(Mersenne31 left, Mersenne31 right) => left._value != right._value;

    /// <summary>The element of a canonical integer.</summary>
    /// <param name="value">0 to p - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is p or more.</exception>
    public static Mersenne31 FromUInt32(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Modulus);
        return new(value);
    }

    /// <inheritdoc/>
    public static Mersenne31 FromUInt64(ulong value) => new((uint)(value % Modulus));

    /// <summary>The canonical integer, 0 to p - 1.</summary>
    public uint ToUInt32() => _value;

    /// <summary>The element that doubled gives this one.</summary>
    public Mersenne31 Halve() => new((_value >> 1) | (_value & 1) << 30);

    /// <inheritdoc/>
    public Mersenne31 Inverse()
    {
        if (_value == 0) throw new DivideByZeroException("Expected an element other than zero.");
        return FieldMath.Power(this, Modulus - 2);
    }

    /// <inheritdoc/>
    public static Mersenne31 Sample<TSource>(ref TSource source) where TSource : IUniformSource, allows ref struct
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        while (true)
        {
            source.Fill(bytes);
            uint candidate = BinaryPrimitives.ReadUInt32LittleEndian(bytes) & 0x7FFF_FFFF;
            if (candidate < Modulus) return new(candidate);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> source, out Mersenne31 value)
    {
        value = default;
        if (source.Length != sizeof(uint)) return false;
        uint integer = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (integer >= Modulus) return false;
        value = new(integer);
        return true;
    }

    /// <inheritdoc/>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < sizeof(uint)) throw new ArgumentException($"Expected {sizeof(uint)} bytes, got {destination.Length}.", nameof(destination));
        BinaryPrimitives.WriteUInt32LittleEndian(destination, _value);
    }

    /// <inheritdoc/>
    public bool Equals(Mersenne31 other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Mersenne31 other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_value;

    /// <summary>The canonical integer in decimal.</summary>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    static void IField<Mersenne31>.Dispatch<TKernel>(ref TKernel kernel) => LaneDispatch.RunMersenne(ref kernel);

    // For sums below 2p: p itself becomes zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Mersenne31 Reduce(uint sum) => new(Raise(sum - Modulus));

    // Adds p to what is negative, for values within p of zero. By the sign's mask: a minimum compiles to a branch on values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Raise(uint value) => value + (Modulus & (uint)((int)value >> 31));
}
