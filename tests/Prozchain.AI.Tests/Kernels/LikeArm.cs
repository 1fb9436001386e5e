namespace Prozchain.AI.Tests.Kernels;

/// <summary>As Arm's SDOT.</summary>
internal readonly struct LikeArm : IEmulated
{
    public static int Count => 4;

    public static int Offset => 0;

    public static int TileRows => 12;
}
