using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Zk.Fields;

/// <summary>
/// An extension of a field by a root x of an irreducible polynomial of two or three terms, scalar:
/// <c>Extension&lt;Field31&lt;KoalaBear&gt;, KoalaBear4&gt;</c>.
/// </summary>
/// <remarks>
/// Encoding, sampling: those of the base field for each coefficient in turn, constant term first. Arithmetic does not
/// branch on values, except <see cref="Inverse"/> of zero.
/// </remarks>
/// <typeparam name="TBase">The base field.</typeparam>
/// <typeparam name="TParameters">The polynomial, and the storage.</typeparam>
public readonly struct Extension<TBase, TParameters> : IExtensionField<Extension<TBase, TParameters>, TBase>
    where TBase : struct, IField<TBase>
    where TParameters : struct, IExtensionParameters<TBase>
{
    private const int MaxDegree = 8;
    private static readonly TBase s_constant = TParameters.Constant, s_middle = TParameters.Middle;

    // x^i to the power of the base's order: the Frobenius map is linear, so these images of a basis say it all.
    private static readonly Extension<TBase, TParameters>[] s_frobenius = FrobeniusOfBasis();
    private readonly TParameters _coefficients;

    private Extension(TParameters coefficients) => _coefficients = coefficients;

    /// <inheritdoc/>
    public static int Degree => TParameters.Degree;

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> Zero => default;

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> One => FromBase(TBase.One);

    /// <inheritdoc/>
    public static int EncodedSize => TParameters.Degree * TBase.EncodedSize;

    /// <inheritdoc/>
    public TBase this[int power] => (uint)power < (uint)TParameters.Degree
        ? At(in _coefficients, power)
        : throw new ArgumentOutOfRangeException(nameof(power), power, $"Expected a power in 0 to {TParameters.Degree - 1}.");

    /// <summary>The sum.</summary>
    public static Extension<TBase, TParameters> operator +(Extension<TBase, TParameters> left, Extension<TBase, TParameters> right)
    {
        var sum = default(TParameters);
        for (int i = 0; i < TParameters.Degree; i++) At(in sum, i) = At(in left._coefficients, i) + At(in right._coefficients, i);
        return new(sum);
    }

    /// <summary>The difference.</summary>
    public static Extension<TBase, TParameters> operator -(Extension<TBase, TParameters> left, Extension<TBase, TParameters> right)
    {
        TParameters difference = default;
        for (int i = 0; i < TParameters.Degree; i++) At(in difference, i) = At(in left._coefficients, i) - At(in right._coefficients, i);
        return new(difference);
    }

    /// <summary>The negative.</summary>
    public static Extension<TBase, TParameters> operator -(Extension<TBase, TParameters> value) => Zero - value;

    /// <summary>The product: that of the polynomials, of which the upper half is folded down from the top.</summary>
    [SkipLocalsInit]
    public static Extension<TBase, TParameters> operator *(Extension<TBase, TParameters> left, Extension<TBase, TParameters> right)
    {
        Unsafe.SkipInit(out Product room);
        Span<TBase> product = MemoryMarshal.CreateSpan(ref Unsafe.As<Product, TBase>(ref room), 2 * MaxDegree);
        product[..(2 * TParameters.Degree - 1)].Clear();
        for (int i = 0; i < TParameters.Degree; i++)
        {
            TBase factor = At(in left._coefficients, i);
            for (int j = 0; j < TParameters.Degree; j++) product[i + j] += factor * At(in right._coefficients, j);
        }
        for (int i = 2 * TParameters.Degree - 2; i >= TParameters.Degree; i--)
        {
            product[i - TParameters.Degree] += product[i] * s_constant;
            if (TParameters.MiddlePower != 0) product[i - TParameters.Degree + TParameters.MiddlePower] += product[i] * s_middle;
        }
        return new(Unsafe.As<TBase, TParameters>(ref product[0]));
    }

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> operator *(Extension<TBase, TParameters> left, TBase right)
    {
        TParameters product = default;
        for (int i = 0; i < TParameters.Degree; i++) At(in product, i) = At(in left._coefficients, i) * right;
        return new(product);
    }

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(Extension<TBase, TParameters> left, Extension<TBase, TParameters> right) =>
        Coefficients(in left._coefficients).SequenceEqual(Coefficients(in right._coefficients));

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(Extension<TBase, TParameters> left, Extension<TBase, TParameters> right) => !(left == right);

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> FromBase(TBase value)
    {
        TParameters coefficients = default;
        At(in coefficients, 0) = value;
        return new(coefficients);
    }

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> FromCoefficients(ReadOnlySpan<TBase> coefficients)
    {
        if (coefficients.Length != TParameters.Degree)
            throw new ArgumentException($"Expected {TParameters.Degree} coefficients, got {coefficients.Length}.", nameof(coefficients));
        return new(Unsafe.As<TBase, TParameters>(ref MemoryMarshal.GetReference(coefficients)));
    }

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> FromUInt64(ulong value) => FromBase(TBase.FromUInt64(value));

    /// <inheritdoc/>
    public Extension<TBase, TParameters> Frobenius()
    {
        Extension<TBase, TParameters> image = FromBase(At(in _coefficients, 0));
        for (int i = 1; i < TParameters.Degree; i++) image += s_frobenius[i] * At(in _coefficients, i);
        return image;
    }

    /// <inheritdoc/>
    /// <remarks>Itoh and Tsujii: the product of all conjugates is the norm, a base element.</remarks>
    public Extension<TBase, TParameters> Inverse()
    {
        Extension<TBase, TParameters> conjugate = Frobenius(), others = conjugate;
        for (int i = 2; i < TParameters.Degree; i++)
        {
            conjugate = conjugate.Frobenius();
            others *= conjugate;
        }
        return others * (others * this)[0].Inverse();
    }

    /// <inheritdoc/>
    public static Extension<TBase, TParameters> Sample<TSource>(ref TSource source) where TSource : IUniformSource, allows ref struct
    {
        TParameters coefficients = default;
        for (int i = 0; i < TParameters.Degree; i++) At(in coefficients, i) = TBase.Sample(ref source);
        return new(coefficients);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> source, out Extension<TBase, TParameters> value)
    {
        value = default;
        if (source.Length != EncodedSize) return false;
        TParameters coefficients = default;
        for (int i = 0; i < TParameters.Degree; i++)
            if (!TBase.TryRead(source.Slice(i * TBase.EncodedSize, TBase.EncodedSize), out At(in coefficients, i))) return false;
        value = new(coefficients);
        return true;
    }

    /// <inheritdoc/>
    public void Write(Span<byte> destination)
    {
        if (destination.Length < EncodedSize) throw new ArgumentException($"Expected {EncodedSize} bytes, got {destination.Length}.", nameof(destination));
        for (int i = 0; i < TParameters.Degree; i++) At(in _coefficients, i).Write(destination[(i * TBase.EncodedSize)..]);
    }

    /// <inheritdoc/>
    public bool Equals(Extension<TBase, TParameters> other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Extension<TBase, TParameters> other && this == other;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(At(in _coefficients, 0), At(in _coefficients, 1));

    /// <summary>The coefficients, constant term first.</summary>
    public override string ToString() => $"({string.Join(", ", Coefficients(in _coefficients).ToArray())})";

    private static Extension<TBase, TParameters>[] FrobeniusOfBasis()
    {
        var images = new Extension<TBase, TParameters>[TParameters.Degree];
        var x = default(TParameters);
        At(in x, 1) = TBase.One;
        var image = FieldMath.Power(new Extension<TBase, TParameters>(x), TParameters.BaseOrder);
        for (int i = 0; i < images.Length; i++) images[i] = i == 0 ? One : images[i - 1] * image;
        return images;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref TBase At(in TParameters coefficients, int index) =>
        ref Unsafe.Add(ref Unsafe.As<TParameters, TBase>(ref Unsafe.AsRef(in coefficients)), index);

    private static ReadOnlySpan<TBase> Coefficients(in TParameters coefficients) => MemoryMarshal.CreateReadOnlySpan(ref At(in coefficients, 0), TParameters.Degree);

    [InlineArray(2 * MaxDegree)]
    private struct Product
    {
        private TBase _first;
    }
}
