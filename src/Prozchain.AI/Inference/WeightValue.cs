namespace Prozchain.AI.Inference;

/// <summary>Weights in the layout of the kernels, as a cache keeps them. Managed memory: there is nothing to give back.</summary>
/// <param name="packed">What <see cref="Engine.KernelWeights.Pack"/> made.</param>
internal sealed class WeightValue(object packed) : IDisposable
{
    public object Packed => packed;

    public void Dispose()
    {
    }
}
