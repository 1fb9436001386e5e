using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Lanes;

/// <summary>One element: any field as its own vector, for tails and for fields without lanes.</summary>
internal readonly struct ScalarPacked<TField> : IPacked<ScalarPacked<TField>, TField> where TField : struct, IField<TField>
{
    private readonly TField _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ScalarPacked(TField value) => _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> Load(ref TField source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ScalarPacked<TField> value, ref TField destination) => destination = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> Create(TField value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> operator +(ScalarPacked<TField> left, ScalarPacked<TField> right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> operator -(ScalarPacked<TField> left, ScalarPacked<TField> right) => new(left._value - right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> operator *(ScalarPacked<TField> left, ScalarPacked<TField> right) => new(left._value * right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> MultiplyUniform(ScalarPacked<TField> value, ScalarPacked<TField> uniform) => value * uniform;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> SumOfProducts(
        ScalarPacked<TField> a, ScalarPacked<TField> b, ScalarPacked<TField> c, ScalarPacked<TField> d,
        ScalarPacked<TField> e, ScalarPacked<TField> f, ScalarPacked<TField> g, ScalarPacked<TField> h) => a * b + c * d + e * f + g * h;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarPacked<TField> SumOfProducts(
        ScalarPacked<TField> a, ScalarPacked<TField> b, ScalarPacked<TField> c, ScalarPacked<TField> d, ScalarPacked<TField> e,
        ScalarPacked<TField> f, ScalarPacked<TField> g, ScalarPacked<TField> h, ScalarPacked<TField> i, ScalarPacked<TField> j) => SumOfProducts(a, b, c, d, e, f, g, h) + i * j;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref TField source, ref nint offsets, ref TField destination) => destination = Unsafe.Add(ref source, offsets);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TField Dot(ref TField left, ref TField right, nint length)
    {
        TField sum = TField.Zero;
        for (nint i = 0; i < length; i++) sum += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return sum;
    }

    public static void AddToSums(ref TField columns, nint stride, int count, ref TField factors, nint factorStride, int coordinates, ref TField sums, nint rows) =>
        PlainSums<TField>.Add(ref columns, stride, count, ref factors, factorStride, coordinates, ref sums, rows);

    public static void FinishSums(ref TField sums, ref TField destination, nint rows) => PlainSums<TField>.Finish(ref sums, ref destination, rows);
}
