using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>64 lanes by GFNI: a factor is the 8 × 8 bit matrix of its multiplication, which one instruction applies to every lane.</summary>
internal readonly unsafe struct Gf256Affine512 : IGf256Lanes<Vector512<byte>, Vector512<byte>>
{
    public static int Count => 64;

    public static bool IsPaired => true;

    public static int FactorSize => sizeof(ulong);

    public static void Prepare(byte factor, Span<byte> prepared) => Gf256Affine256.Prepare(factor, prepared);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(byte* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<byte> vector, byte* to) => vector.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LoadSource(byte* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sum, Vector512<byte> source, byte* factor) => sum ^ Product(source, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> MultiplyAdd(Vector512<byte> sum, Vector512<byte> x, byte* factor, Vector512<byte> y, byte* second) =>
        sum ^ Product(x, factor) ^ Product(y, second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Product(Vector512<byte> source, byte* factor) =>
        Gfni.V512.GaloisFieldAffineTransform(source, Vector512.Create(*(ulong*)factor).AsByte(), 0);
}
