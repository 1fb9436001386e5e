using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>
/// A matrix over <see cref="Gf256"/> times shards, of any length and alignment. Every implementation gives the same bytes
/// and allocates nothing; a prepared matrix is for the one that prepared it.
/// </summary>
internal abstract unsafe class Gf256Product
{
    /// <summary>By the widest lanes that this machine has. The dispatch is here and nowhere else.</summary>
    public static Gf256Product Best { get; } =
        Gfni.V512.IsSupported ? new Gf256Kernel<Gf256Affine512, Vector512<byte>, Vector512<byte>>()
        : Gfni.V256.IsSupported && Avx2.IsSupported ? new Gf256Kernel<Gf256Affine256, Vector256<byte>, Vector256<byte>>()
        : Avx512BW.IsSupported ? new Gf256Kernel<Gf256Shuffle512, Vector512<byte>, Gf256Shuffle512.Nibbles>()
        : Avx2.IsSupported ? new Gf256Kernel<Gf256Shuffle256, Vector256<byte>, Gf256Shuffle256.Nibbles>()
        : Vector128.IsHardwareAccelerated ? new Gf256Kernel<Gf256Shuffle128, Vector128<byte>, Gf256Shuffle128.Nibbles>()
        : new Gf256Kernel<Gf256Scalar, byte, byte>();

    /// <summary>Bytes of one prepared factor, at most 32.</summary>
    public abstract int FactorSize { get; }

    /// <summary>Puts a matrix, row by row, into the form that the products read.</summary>
    /// <param name="prepared">rows × columns × <see cref="FactorSize"/> bytes.</param>
    public abstract void Prepare(ReadOnlySpan<byte> matrix, int rows, int columns, Span<byte> prepared);

    /// <summary>outputs = matrix × inputs.</summary>
    /// <param name="prepared">The matrix, of <see cref="Prepare"/>.</param>
    /// <param name="inputs">The starts of <paramref name="columns"/> shards.</param>
    /// <param name="outputs">The starts of <paramref name="rows"/> shards. None overlaps an input or another output.</param>
    /// <param name="length">Bytes of every shard.</param>
    public abstract void Multiply(ReadOnlySpan<byte> prepared, int rows, int columns, byte** inputs, byte** outputs, int length);

    /// <summary>outputs += one column of the matrix × input: the part that one shard has in the product.</summary>
    /// <inheritdoc cref="Multiply"/>
    public abstract void AddColumn(ReadOnlySpan<byte> prepared, int rows, int columns, int column, byte* input, byte** outputs, int length);
}
