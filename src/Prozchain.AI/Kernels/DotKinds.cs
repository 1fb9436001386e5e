using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>Which way this machine takes. The dispatch is here and nowhere else.</summary>
internal static class DotKinds
{
    /// <summary>For products of shorts by bytes or shorts.</summary>
    public static DotKind ForShorts { get; } =
        Dot512.IsSupported && !SplitsLongVectors() ? DotKind.Avx512 : Dot256.IsSupported ? DotKind.Avx2 : DotKind.Scalar;

    /// <summary>For products of bytes.</summary>
    public static DotKind ForBytes { get; } = DotVnni.IsSupported ? DotKind.Vnni : DotArm.IsSupported ? DotKind.Arm : ForShorts;

    /// <summary>The fastest for activations of a type.</summary>
    public static DotKind For<TX>() => typeof(TX) == typeof(sbyte) ? ForBytes : ForShorts;

    /// <summary>For products of bytes with weights that <see cref="ShortSums"/> can arrange, or null where no kind gains by it.</summary>
    /// <param name="columns">Columns of activations that tiles are made of, if they are known.</param>
    public static DotKind? ForShortSums(ActivationRange range, int columns = int.MaxValue)
    {
        if (ForBytes is not (DotKind.Avx512 or DotKind.Avx2)) return null;
        if (!Dot512.IsSupported || !SuitLongVectors(columns)) return range.Low < 0 ? DotKind.SignedBytes256 : DotKind.Bytes256;
        return range.Low < 0 ? DotKind.SignedBytes512 : DotKind.Bytes512;
    }

    /// <summary>Whether shorts may be operands.</summary>
    public static bool TakesShorts(DotKind kind) => kind is DotKind.Scalar or DotKind.Avx2 or DotKind.Avx512;

    /// <summary>Does something with the lanes of a kind.</summary>
    public static TResult Call<TCall, TResult>(DotKind kind, ref TCall call)
        where TCall : struct, ILaneCall<TResult>, allows ref struct => kind switch
    {
        DotKind.Avx2 => call.On<Dot256>(),
        DotKind.Avx512 => call.On<Dot512>(),
        DotKind.Vnni => call.On<DotVnni>(),
        DotKind.Arm => call.On<DotArm>(),
        DotKind.Bytes256 => call.On<ByteLanes<Dot256, NoSign>>(),
        DotKind.SignedBytes256 => call.On<ByteLanes<Dot256, WithSign>>(),
        DotKind.Bytes512 => call.On<ByteLanes<Dot512, NoSign>>(),
        DotKind.SignedBytes512 => call.On<ByteLanes<Dot512, WithSign>>(),
        _ => call.On<DotScalar>(),
    };

    /// <summary>Whether a kind runs here.</summary>
    public static bool IsSupported(DotKind kind) => kind switch
    {
        DotKind.Avx2 or DotKind.Bytes256 or DotKind.SignedBytes256 => Dot256.IsSupported,
        DotKind.Avx512 or DotKind.Bytes512 or DotKind.SignedBytes512 => Dot512.IsSupported,
        DotKind.Vnni => DotVnni.IsSupported,
        DotKind.Arm => DotArm.IsSupported,
        _ => true,
    };

    /// <summary>
    /// Whether the last tile wastes less than long vectors gain: a tenth at products of bytes, also where they are done in two
    /// halves, for half as many instructions wait for each other.
    /// </summary>
    private static bool SuitLongVectors(int columns) => 9 * InTiles(columns, 32) <= 10 * InTiles(columns, 16);

    /// <summary>About how many columns a <see cref="ShortTile{TLanes, TVector, TColumns}"/> of some width computes.</summary>
    private static long InTiles(long columns, int width)
    {
        long rest = columns % width;
        return columns - rest + (rest == 0 ? 0 : rest <= 4 ? 4 : rest <= width / 2 ? width / 2 : width);
    }

    /// <summary>
    /// AMD's family 19h (Zen 3 and 4) does 512 bits in two halves: there 256 bits with the 32 registers of AVX-512VL are a
    /// tenth faster at products of shorts, as measured on an EPYC of model 11h.
    /// </summary>
    private static bool SplitsLongVectors()
    {
        if (!X86Base.IsSupported || !Avx512F.VL.IsSupported) return false;
        const int AuthenticAmdEbx = 0x6874_7541, ExtendedFamily19 = 0x0A;
        (_, int vendor, _, _) = X86Base.CpuId(0, 0);
        (int signature, _, _, _) = X86Base.CpuId(1, 0);
        return vendor == AuthenticAmdEbx && (signature >> 8 & 15) == 15 && (signature >> 20 & 255) == ExtendedFamily19;
    }
}
