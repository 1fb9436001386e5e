using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Fields;

/// <summary>p = 2^64 - 2^32 + 1: two-adicity 32.</summary>
/// <remarks>
/// An element is held as its integer in 0 to p - 1. Encoding: 8 bytes, little-endian; p and above are refused. Sampling:
/// 8 bytes, little-endian, drawn again until below p. Reduction uses 2^64 = 2^32 - 1 and 2^96 = -1 mod p.
/// </remarks>
public readonly struct Goldilocks : ITwoAdicField<Goldilocks>
{
    private const ulong Epsilon = 0xFFFF_FFFF;
    private readonly ulong _value;

    private Goldilocks(ulong value) => _value = value;

    /// <summary>The prime p.</summary>
    public static ulong Modulus => 0xFFFF_FFFF_0000_0001;

    /// <inheritdoc/>
    public static Goldilocks Zero => default;

    /// <inheritdoc/>
    public static Goldilocks One => new(1);

    /// <inheritdoc/>
    public static int EncodedSize => sizeof(ulong);

    /// <inheritdoc/>
    public static int TwoAdicity => 32;

    /// <inheritdoc/>
    public static Goldilocks MultiplicativeGenerator => new(7);

    /// <summary>The sum mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator +(Goldilocks left, Goldilocks right)
    {
        // left - (p - right): no sum leaves 64 bits.
        ulong complement = Modulus - right._value, difference = left._value - complement;
        return new(left._value < complement ? difference + Modulus : difference);
    }

    /// <summary>The difference mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator -(Goldilocks left, Goldilocks right)
    {
        ulong difference = left._value - right._value;
        return new(left._value < right._value ? difference + Modulus : difference);
    }

    /// <summary>The product mod p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Goldilocks operator *(Goldilocks left, Goldilocks right)
    {
        ulong high = Math.BigMul(left._value, right._value, out ulong low), top = high >> 32;
        // low + (high's low half) * (2^32 - 1) - (high's high half)
        ulong difference = low - top;
        if (low < top) difference -= Epsilon;
        ulong middle = (high & Epsilon) * Epsilon, sum = difference + middle;
        if (sum < middle) sum += Epsilon;
        return new(sum >= Modulus ? sum - Modulus : sum);
    }

    /// <summary>The negative mod p.</summary>
    public static Goldilocks operator -(Goldilocks value) => Zero - value;

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(Goldilocks left, Goldilocks right) => left._value == right._value;

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(Goldilocks left, Goldilocks right) => left._value != right._value;

    /// <inheritdoc/>
    public static Goldilocks FromUInt64(ulong value) => new(value >= Modulus ? value - Modulus : value);

    /// <summary>The canonical integer, 0 to p - 1.</summary>
    public ulong ToUInt64() => _value;

    /// <inheritdoc/>
    public static Goldilocks TwoAdicGenerator(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, TwoAdicity);
        // 7^((p - 1) / 2^32), as in Plonky3.
        var root = new Goldilocks(1753635133440165772);
        for (int i = bits; i < TwoAdicity; i++) root *= root;
        return root;
    }

    /// <inheritdoc/>
    public Goldilocks Inverse()
    {
        if (_value == 0) throw new DivideByZeroException("Expected an element other than zero.");
        return FieldMath.Power(this, Modulus - 2);
    }

    /// <inheritdoc/>
    public static Goldilocks Sample<TSource>(ref TSource source) where TSource : IUniformSource, allows ref struct
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        while (true)
        {
            source.Fill(bytes);
            if (TryRead(bytes, out Goldilocks value)) return value;
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> source, out Goldilocks value)
    {
        value = default;
        if (source.Length != sizeof(ulong)) return false;
        ulong integer = BinaryPrimitives.ReadUInt64LittleEndian(source);
        if (integer >= Modulus) return false;
        value = new(integer);
        return true;
    }

    /// <inheritdoc/>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < sizeof(ulong)) throw new ArgumentException($"Expected {sizeof(ulong)} bytes, got {destination.Length}.", nameof(destination));
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _value);
    }

    /// <inheritdoc/>
    static void IField<Goldilocks>.Dispatch<TKernel>(ref TKernel kernel) => LaneDispatch.RunGoldilocks(ref kernel);

    /// <inheritdoc/>
    public bool Equals(Goldilocks other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Goldilocks other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => _value.GetHashCode();

    /// <summary>The canonical integer in decimal.</summary>
    public override string ToString() => _value.ToString(CultureInfo.InvariantCulture);
}
