namespace Prozchain.AI.Codec;

/// <summary>Vectors of bytes that planes are split and merged with, once for every width.</summary>
/// <typeparam name="TVector">A vector of <see cref="Count"/> bytes.</typeparam>
internal interface IPlaneLanes<TVector>
    where TVector : struct
{
    /// <summary>Bytes in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(ref byte from);

    static abstract void Store(TVector vector, ref byte to);

    static abstract TVector Xor(TVector x, TVector y);

    /// <summary>The bytes at odd and at even places of two vectors that follow each other.</summary>
    static abstract (TVector Odd, TVector Even) Deinterleave(TVector first, TVector second);

    /// <summary>The inverse of <see cref="Deinterleave"/>.</summary>
    static abstract (TVector First, TVector Second) Interleave(TVector odd, TVector even);

    /// <summary>Every 16-bit word rotated: its sign goes below its mantissa.</summary>
    static abstract TVector SignDown16(TVector x);

    /// <summary>The inverse of <see cref="SignDown16"/>.</summary>
    static abstract TVector SignUp16(TVector x);

    /// <summary>Every 32-bit word rotated: its sign goes below its mantissa.</summary>
    static abstract TVector SignDown32(TVector x);

    /// <summary>The inverse of <see cref="SignDown32"/>.</summary>
    static abstract TVector SignUp32(TVector x);
}
