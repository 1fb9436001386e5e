namespace Prozchain.AI.Kernels;

/// <summary>Activations of 0 to 127.</summary>
internal readonly struct NoSign : IByteSign
{
    public static int Offset => 0;
}
