using System.Runtime.CompilerServices;

namespace Prozchain.Zk.Lanes;

/// <summary>
/// Several elements of a field side by side, with the field's operators lane by lane: what kernels are written over.
/// References are unaligned and are not checked.
/// </summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
/// <typeparam name="TField">The field.</typeparam>
internal interface IPacked<TSelf, TField> where TSelf : struct, IPacked<TSelf, TField> where TField : struct
{
    /// <summary>Elements in a vector, a power of two; a constant to the JIT.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref TField source);

    static abstract void Store(TSelf value, ref TField destination);

    /// <summary>The same element in every lane.</summary>
    static abstract TSelf Create(TField value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The product with a factor whose lanes are all equal, which some widths do faster.</summary>
    static abstract TSelf MultiplyUniform(TSelf value, TSelf uniform);

    /// <summary>a b + c d + e f + g h, reduced once.</summary>
    static abstract TSelf SumOfProducts(TSelf a, TSelf b, TSelf c, TSelf d, TSelf e, TSelf f, TSelf g, TSelf h);

    /// <summary>a b + c d + e f + g h + i j, reduced once.</summary>
    static abstract TSelf SumOfProducts(TSelf a, TSelf b, TSelf c, TSelf d, TSelf e, TSelf f, TSelf g, TSelf h, TSelf i, TSelf j);

    /// <summary>See <see cref="ILanes{TSelf}.Transpose"/>.</summary>
    static abstract void Transpose(ref TField source, ref nint offsets, ref TField destination);

    /// <summary>The sum of the products of two runs of elements.</summary>
    static abstract TField Dot(ref TField left, ref TField right, nint length);

    /// <summary>
    /// Adds columns, each times its factors, to sums in progress, whose form is the width's own; zeros are no sum yet.
    /// </summary>
    /// <param name="columns">The first column.</param>
    /// <param name="stride">Elements between columns.</param>
    /// <param name="count">Columns, an even number.</param>
    /// <param name="factors">A factor for each column, for the first coordinate.</param>
    /// <param name="factorStride">Elements between coordinates' factors.</param>
    /// <param name="coordinates">Coordinates.</param>
    /// <param name="sums">2 * <paramref name="rows"/> elements for each coordinate.</param>
    /// <param name="rows">Rows, a multiple of <see cref="Count"/>.</param>
    static abstract void AddToSums(ref TField columns, nint stride, int count, ref TField factors, nint factorStride, int coordinates, ref TField sums, nint rows);

    /// <summary>The results of <see cref="AddToSums"/> for one coordinate.</summary>
    static abstract void FinishSums(ref TField sums, ref TField destination, nint rows);

    /// <summary>
    /// To each of some sums, adds eight terms times factors of its own, reduced once: the factor of term j in sum k is number
    /// j * <paramref name="sums"/> + k.
    /// </summary>
    /// <param name="terms">Eight addresses of pinned runs.</param>
    /// <param name="factors">The factors.</param>
    /// <param name="target">The first sum, a run.</param>
    /// <param name="stride">Elements from one sum to the next.</param>
    /// <param name="sums">How many.</param>
    /// <param name="length">Of each run: whole vectors.</param>
    static virtual unsafe void AddEight(ref nint terms, ref TField factors, ref TField target, nint stride, int sums, nint length)
    {
        for (int k = 0; k < sums; k++)
        {
            for (nint i = 0; i < length; i += TSelf.Count)
            {
                ref TField sum = ref Unsafe.Add(ref target, k * stride + i);
                TSelf value = TSelf.Load(ref sum);
                for (int j = 0; j < 8; j++)
                {
                    TSelf term = TSelf.Load(ref Unsafe.Add(ref Unsafe.AsRef<TField>((void*)Unsafe.Add(ref terms, j)), i));
                    value += TSelf.MultiplyUniform(term, TSelf.Create(Unsafe.Add(ref factors, j * sums + k)));
                }
                TSelf.Store(value, ref sum);
            }
        }
    }
}
