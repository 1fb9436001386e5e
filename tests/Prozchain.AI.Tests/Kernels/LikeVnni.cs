namespace Prozchain.AI.Tests.Kernels;

/// <summary>As AVX-VNNI.</summary>
internal readonly struct LikeVnni : IEmulated
{
    public static int Count => 8;

    public static int Offset => 128;

    public static int TileRows => 6;
}
