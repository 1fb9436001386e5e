using System.Numerics;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Fields;

/// <summary>
/// An element of a finite field, held by value. The family interface: prime fields, their extensions and, later, binary
/// fields implement it; everything above is generic over it, so that the JIT specialises the code for each field.
/// </summary>
/// <remarks>
/// The operators obey the laws of a field. Two elements are equal exactly if their encodings are. No member allocates.
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface IField<TSelf> :
    IEquatable<TSelf>,
    IEqualityOperators<TSelf, TSelf, bool>,
    IAdditionOperators<TSelf, TSelf, TSelf>,
    ISubtractionOperators<TSelf, TSelf, TSelf>,
    IMultiplyOperators<TSelf, TSelf, TSelf>,
    IUnaryNegationOperators<TSelf, TSelf>
    where TSelf : struct, IField<TSelf>
{
    /// <summary>The neutral element of addition; also the type's default value.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>The neutral element of multiplication.</summary>
    static abstract TSelf One { get; }

    /// <summary>Length in bytes of an element's encoding.</summary>
    static abstract int EncodedSize { get; }

    /// <summary>The multiplicative inverse.</summary>
    /// <exception cref="DivideByZeroException">The element is zero.</exception>
    TSelf Inverse();

    /// <summary>The image of an integer: <paramref name="value"/> times one.</summary>
    static abstract TSelf FromUInt64(ulong value);

    /// <summary>
    /// Draws an element, each with the same probability, by rejection: bytes that are no element are thrown away and
    /// drawn again. The bytes consumed are part of a transcript's format and are specified by each field.
    /// </summary>
    static abstract TSelf Sample<TSource>(ref TSource source) where TSource : IUniformSource, allows ref struct;

    /// <summary>
    /// Reads exactly <see cref="EncodedSize"/> bytes of untrusted input. False, with zero, for a wrong length and for
    /// every encoding but the canonical one.
    /// </summary>
    static abstract bool TryRead(ReadOnlySpan<byte> source, out TSelf value);

    /// <summary>Writes the canonical encoding to the first <see cref="EncodedSize"/> bytes.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    void Write(Span<byte> destination);

    /// <summary>Runs a kernel at the width that this field has on this machine; without lanes, one element at a time.</summary>
    internal static virtual void Dispatch<TKernel>(ref TKernel kernel) where TKernel : struct, IPackedKernel<TSelf>, allows ref struct =>
        kernel.Run<ScalarPacked<TSelf>>();
}
