namespace Prozchain.Benchmarks.Quick;

/// <summary>Makes an owner of a body out of what is to be done at its end.</summary>
internal sealed class Disposer(Action dispose) : IDisposable
{
    public void Dispose() => dispose();
}
