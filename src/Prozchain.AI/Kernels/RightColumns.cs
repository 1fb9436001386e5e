namespace Prozchain.AI.Kernels;

/// <summary>The right operand of a product of two activations; it plays the weights.</summary>
internal readonly struct RightColumns : IColumnKind
{
    public static bool AreBytes => false;

    public static bool AreActivations => false;
}
