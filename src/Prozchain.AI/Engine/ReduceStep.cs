using System.Numerics;

namespace Prozchain.AI.Engine;

/// <summary>Sums or maxima over axes. Reduced axes are gathered into a row, which is then reduced.</summary>
internal sealed class ReduceStep<TX, TY> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _x, _y;
    private readonly StridedView _view;
    private readonly bool _sum;
    private readonly int _inner;

    public ReduceStep(IntegerNode node, Operand x, Operand y) : base(node)
    {
        (_x, _y, _sum) = (x, y, node.Kind == OperatorKind.ReduceSum);
        _inner = x.Elements / y.Elements;
        int[] own = StridedView.Contiguous(x.Value.Shape);
        var shape = new List<int>();
        var strides = new List<int>();
        for (int reduced = 0; reduced < 2; reduced++)
        {
            for (int i = 0; i < own.Length; i++)
            {
                if ((node.Attributes[0] >> i & 1) != reduced) continue;
                shape.Add(x.Value.Shape[i]);
                strides.Add(own[i]);
            }
        }
        _view = new StridedView([.. shape], [.. strides], 0);
    }

    public override int Units(int batch) => batch;

    public override int ScratchBytes(int maxBatch) => (int)_x.Value.Bytes;

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        Span<TX> moved = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, TX>(scratch)[.._x.Elements];
        for (int instance = first; instance < first + count; instance++)
        {
            _view.Copy<TX>(_x.Of<TX>(instance), moved, 0, _view.Rows);
            Span<TY> to = _y.Of<TY>(instance);
            for (int i = 0; i < to.Length; i++) to[i] = TY.CreateTruncating(Reduce(moved.Slice(i * _inner, _inner)));
        }
    }

    private int Reduce(ReadOnlySpan<TX> row)
    {
        int result = _sum ? 0 : int.MinValue;
        foreach (TX element in row) result = _sum ? result + int.CreateTruncating(element) : Math.Max(result, int.CreateTruncating(element));
        return result;
    }
}
