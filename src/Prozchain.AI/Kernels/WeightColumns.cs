namespace Prozchain.AI.Kernels;

/// <summary>Constant weights, packed once.</summary>
internal readonly struct WeightColumns : IColumnKind
{
    public static bool AreBytes => true;

    public static bool AreActivations => false;
}
