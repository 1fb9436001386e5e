using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>32 lanes by GFNI, for processors that have it without AVX-512.</summary>
internal readonly unsafe struct Gf256Affine256 : IGf256Lanes<Vector256<byte>, Vector256<byte>>
{
    public static int Count => 32;

    public static bool IsPaired => false;

    public static int FactorSize => sizeof(ulong);

    /// <summary>Byte 7 - i is the mask of the source bits whose parity is bit i of the product (Intel SDM, GF2P8AFFINEQB).</summary>
    public static void Prepare(byte factor, Span<byte> prepared)
    {
        ulong matrix = 0;
        for (int column = 0; column < 8; column++)
        {
            byte image = Gf256.Multiply(factor, (byte)(1 << column));
            for (int row = 0; row < 8; row++) matrix |= (ulong)(image >> row & 1) << (8 * (7 - row) + column);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(prepared, matrix);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Load(byte* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<byte> vector, byte* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> LoadSource(byte* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sum, Vector256<byte> source, byte* factor) => sum ^ Product(source, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> MultiplyAdd(Vector256<byte> sum, Vector256<byte> x, byte* factor, Vector256<byte> y, byte* second) =>
        sum ^ Product(x, factor) ^ Product(y, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Product(Vector256<byte> source, byte* factor) =>
        Gfni.V256.GaloisFieldAffineTransform(source, Vector256.Create(*(ulong*)factor).AsByte(), 0);
}
