namespace Prozchain.AI.Kernels;

/// <summary>An operator on pairs of elements, over a run in which both lie together or the second stays the same.</summary>
internal interface IPairKernel
{
    /// <summary>x and y both advance.</summary>
    void Run(int x, int y, int count);

    /// <summary>x advances, y stays.</summary>
    void RunOne(int x, int y, int count);
}
