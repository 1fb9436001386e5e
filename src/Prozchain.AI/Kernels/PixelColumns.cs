namespace Prozchain.AI.Kernels;

/// <summary>Pixels under a convolution's taps.</summary>
internal readonly struct PixelColumns : IColumnKind
{
    public static bool AreBytes => false;

    public static bool AreActivations => true;
}
