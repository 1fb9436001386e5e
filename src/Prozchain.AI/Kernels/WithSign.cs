namespace Prozchain.AI.Kernels;

/// <summary>Activations of any sign.</summary>
internal readonly struct WithSign : IByteSign
{
    public static int Offset => 128;
}
