using System.Numerics;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>Softmax over rows.</summary>
internal sealed class SoftmaxStep<TX, TY> : Step
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    private readonly Operand _x, _y;
    private readonly ScoreScale _scale;
    private readonly int _zeroPoint, _low, _high, _row, _rows;

    public SoftmaxStep(IntegerNode node, Operand x, Operand y) : base(node)
    {
        ReadOnlySpan<long> a = node.Attributes;
        (_x, _y, _scale) = (x, y, new ScoreScale((int)a[1], (int)a[2], (int)a[3]));
        (_zeroPoint, _low, _high) = ((int)a[4], (int)a[5], (int)a[6]);
        _row = x.Value.Last;
        _rows = x.Elements / _row;
    }

    public override int Units(int batch) => batch * _rows;

    public override int ScratchBytes(int maxBatch) => _row * sizeof(int);

    public override void Run(RunFrame frame, int first, int count, Span<byte> scratch)
    {
        Span<int> e = MemoryMarshal.Cast<byte, int>(scratch)[.._row];
        for (int row = first; row < first + count; row++)
        {
            (int instance, int at) = Math.DivRem(row, _rows);
            SoftmaxSpecification.Row<TX, TY>(_x.Of<TX>(instance).Slice(at * _row, _row), _scale, _zeroPoint, _low, _high, e, _y.Of<TY>(instance).Slice(at * _row, _row));
        }
    }
}
