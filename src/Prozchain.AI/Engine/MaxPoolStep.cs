using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>Largest elements of windows: a unit is a plane.</summary>
internal sealed class MaxPoolStep<T>(IntegerNode node, Operand x, Operand y, WindowShape window) : Step(node)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly int _planes = x.Elements / window.Area;

    public override int Units(int batch) => x.IsShared ? batch : batch * _planes;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        if (!x.IsShared)
            Pooling.Max<T>(x.All<T>(frame.Batch).Slice(first * window.Area, count * window.Area), window, y.All<T>(frame.Batch).Slice(first * window.OutArea, count * window.OutArea));
        else for (int i = first; i < first + count; i++) Pooling.Max<T>(x.Of<T>(i), window, y.Of<T>(i));
    }
}
